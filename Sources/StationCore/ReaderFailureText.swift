/// The table's rows about readers.
extension FailureText {
    static let readerNone = FailureText(
        .reader, .operator, retryable: true, status: 503,
        what: ("Không tìm thấy đầu đọc thẻ", "No card reader found"),
        why: (
            "Chưa cắm đầu đọc nào, hoặc cáp hay cổng USB hỏng",
            "No reader is plugged in, or the cable or the USB port is broken"
        ),
        remedy: (
            "Cắm đầu đọc thẻ vào máy; nếu đã cắm, hãy đổi cổng USB",
            "Plug in a card reader; if one is plugged in, try another USB port"
        ))

    static let readerUnknown = FailureText(
        .input, .operator, retryable: false, status: 404,
        what: ("Không có đầu đọc thẻ này", "There is no such reader"),
        why: ("Đầu đọc đã chọn vừa bị rút ra hoặc được đổi", "The chosen reader has just been unplugged or replaced"),
        remedy: ("Chọn một đầu đọc trong danh sách", "Choose a reader from the list"))

    static let readerDisconnected = FailureText(
        .reader, .operator, retryable: true, status: 422,
        what: ("Đầu đọc đã ngắt kết nối", "Reader disconnected"),
        why: (
            "Cáp USB lỏng hoặc đầu đọc bị rút ra khi đang dùng",
            "The USB cable is loose, or the reader was unplugged while in use"
        ),
        remedy: ("Cắm lại đầu đọc thẻ", "Plug the reader in again"))

    static let readerServiceDown = FailureText(
        .reader, .administrator, retryable: true, status: 503,
        what: ("Dịch vụ đầu đọc thẻ không chạy", "The card service (pcscd) is not running"),
        why: ("Dịch vụ pcscd đã dừng hoặc chưa được cài", "pcscd has stopped or is not installed"),
        remedy: ("Quản trị viên: kiểm tra pcscd.socket", "Administrator: check pcscd.socket"))

    static let readerFault = FailureText(
        .reader, .operator, retryable: true, status: 422,
        what: ("Đầu đọc thẻ bị lỗi", "The reader reported a fault"),
        why: (
            "Tiếp xúc giữa thẻ và đầu đọc không tốt, hoặc đầu đọc hỏng",
            "Card and reader have a bad contact, or the reader is broken"
        ),
        remedy: ("Rút và cắm lại đầu đọc, rồi đặt lại thẻ", "Unplug and replug the reader, then place the card again"))

    static let readerBusy = FailureText(
        .reader, .operator, retryable: true, status: 409,
        what: ("Đầu đọc đang bận", "The reader is busy with another read"),
        why: ("Đầu đọc này đang đọc một thẻ khác", "The reader is in the middle of another read"),
        remedy: ("Chờ lần đọc trước kết thúc", "Wait for the running read to end"))

    static let readerWedged = FailureText(
        .reader, .operator, retryable: true, status: 422,
        what: ("Đầu đọc thẻ không trả lời", "The reader does not answer"),
        why: ("Phần mềm bên trong đầu đọc bị treo", "The reader's own firmware hangs"),
        remedy: ("Rút và cắm lại đầu đọc thẻ", "Unplug and replug the reader"))

    static let readerNotAuthorized = FailureText(
        .permission, .administrator, retryable: false,
        what: ("Máy không cho phép dùng đầu đọc này", "This computer does not authorise the reader"),
        why: (
            "Chính sách USB của máy (USBGuard) chặn thiết bị lạ",
            "The computer's USB policy (USBGuard) blocks devices it does not know"
        ),
        remedy: (
            "Quản trị viên: usbguard allow-device --permanent, hoặc ghi 1 vào tệp authorized của thiết bị",
            "Administrator: usbguard allow-device --permanent, or write 1 to the device's file authorized in sysfs"
        ))

    static let readerNoPower = FailureText(
        .reader, .operator, retryable: true,
        what: ("Cổng USB không đủ điện cho đầu đọc", "The USB port has not enough power for the reader"),
        why: (
            "Đầu đọc cắm qua bộ chia USB không có nguồn riêng",
            "The reader hangs on a USB hub without its own power supply"
        ),
        remedy: (
            "Cắm đầu đọc thẳng vào máy, hoặc dùng bộ chia USB có nguồn riêng",
            "Plug the reader into the computer itself, or use a USB hub with its own power supply"
        ))

    static let readerKernelDriver = FailureText(
        .reader, .administrator, retryable: false,
        what: ("Trình điều khiển NFC của hệ điều hành chiếm đầu đọc", "A kernel driver has taken the reader"),
        why: (
            "Hệ điều hành nạp mô-đun pn533 trước dịch vụ đầu đọc",
            "The system loaded its pn533 module before the card service could take the reader"
        ),
        remedy: (
            """
            Quản trị viên: printf 'blacklist pn533_usb\\nblacklist pn533\\nblacklist nfc\\n' | \
            sudo tee /etc/modprobe.d/intake-station.conf; sudo modprobe -r pn533_usb; rồi cắm lại đầu đọc
            """,
            """
            Administrator: printf 'blacklist pn533_usb\\nblacklist pn533\\nblacklist nfc\\n' | \
            sudo tee /etc/modprobe.d/intake-station.conf; sudo modprobe -r pn533_usb; then replug the reader
            """
        ))

    static let readerHeld = FailureText(
        .reader, .administrator, retryable: true,
        what: ("Một chương trình khác đang chiếm đầu đọc", "Another program has taken the reader"),
        why: (
            "Chương trình khác trên máy (thường là GnuPG) mở đầu đọc trước",
            "Another program on this computer (often GnuPG) opened the reader first"
        ),
        remedy: (
            "Quản trị viên: tìm bằng sudo fuser -v /dev/bus/usb/*/* (thường là scdaemon của GnuPG), tắt nó, cắm lại",
            "Administrator: find it by sudo fuser -v /dev/bus/usb/*/* (often GnuPG's scdaemon), end it, then replug"
        ))

    static let readerNoAccess = FailureText(
        .permission, .administrator, retryable: false,
        what: ("Không có quyền dùng đầu đọc", "No permission to use the reader"),
        why: (
            "Quy tắc udev của trạm chưa được cài hoặc chưa được nạp",
            "The station's udev rules are not installed or not loaded"
        ),
        remedy: (
            "Quản trị viên: cài 70-intake-usb.rules, chạy sudo udevadm control --reload, rồi cắm lại đầu đọc",
            "Administrator: install 70-intake-usb.rules, run sudo udevadm control --reload, then replug the reader"
        ))

    static let readerDriverMissing = FailureText(
        .reader, .administrator, retryable: false,
        what: ("Đầu đọc đã cắm nhưng không có trình điều khiển", "The reader is plugged in but has no driver"),
        why: (
            "Máy chưa cài trình điều khiển cho loại đầu đọc này", "The computer has no driver for this kind of reader"
        ),
        remedy: (
            "Quản trị viên: cài libccid (sudo apt install libccid) hoặc trình điều khiển PC/SC của hãng, rồi cắm lại",
            "Administrator: install libccid (sudo apt install libccid) or the vendor's PC/SC driver, then replug"
        ))
}
