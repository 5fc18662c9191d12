/// The table's rows about readers.
extension FailureText {
    static func reader(_ code: FailureCode) -> FailureText {
        switch code {
        case .readerNone:
            FailureText(
                .reader, retryable: true,
                "Không tìm thấy đầu đọc thẻ", "No card reader found",
                "Cắm đầu đọc thẻ vào máy; nếu đã cắm, hãy đổi cổng USB",
                "Plug in a card reader; if one is plugged in, try another USB port")
        case .readerUnknown:
            FailureText(
                .input, retryable: false,
                "Không có đầu đọc thẻ này", "There is no such reader",
                "Chọn một đầu đọc trong danh sách", "Choose a reader from the list")
        case .readerDisconnected:
            FailureText(
                .reader, retryable: true,
                "Đầu đọc đã ngắt kết nối", "Reader disconnected",
                "Cắm lại đầu đọc thẻ", "Plug the reader in again")
        case .readerServiceDown:
            FailureText(
                .reader, retryable: true,
                "Dịch vụ đầu đọc thẻ không chạy", "The card service (pcscd) is not running",
                "Quản trị viên: kiểm tra pcscd.socket", "Administrator: check pcscd.socket")
        case .readerFault:
            FailureText(
                .reader, retryable: true,
                "Đầu đọc thẻ bị lỗi", "The reader reported a fault",
                "Rút và cắm lại đầu đọc, rồi đặt lại thẻ", "Unplug and replug the reader, then place the card again")
        case .readerBusy:
            FailureText(
                .reader, retryable: true,
                "Đầu đọc đang bận", "The reader is busy with another read",
                "Chờ lần đọc trước kết thúc", "Wait for the running read to end")
        case .readerWedged:
            FailureText(
                .reader, retryable: true,
                "Đầu đọc thẻ không trả lời", "The reader does not answer",
                "Rút và cắm lại đầu đọc thẻ", "Unplug and replug the reader")
        case .readerNotAuthorized:
            FailureText(
                .permission, retryable: false,
                "Máy không cho phép dùng đầu đọc này", "This computer does not authorise the reader",
                "Quản trị viên: usbguard allow-device --permanent, hoặc ghi 1 vào tệp authorized của thiết bị",
                "Administrator: usbguard allow-device --permanent, or write 1 to the device's file authorized in sysfs")
        case .readerNoPower:
            FailureText(
                .reader, retryable: true,
                "Cổng USB không đủ điện cho đầu đọc", "The USB port has not enough power for the reader",
                "Cắm đầu đọc thẳng vào máy, hoặc dùng bộ chia USB có nguồn riêng",
                "Plug the reader into the computer itself, or use a USB hub with its own power supply")
        case .readerKernelDriver:
            FailureText(
                .reader, retryable: false,
                "Trình điều khiển NFC của hệ điều hành chiếm đầu đọc", "A kernel driver has taken the reader",
                """
                Quản trị viên: printf 'blacklist pn533_usb\\nblacklist pn533\\nblacklist nfc\\n' | \
                sudo tee /etc/modprobe.d/intake-station.conf; sudo modprobe -r pn533_usb; rồi cắm lại đầu đọc
                """,
                """
                Administrator: printf 'blacklist pn533_usb\\nblacklist pn533\\nblacklist nfc\\n' | \
                sudo tee /etc/modprobe.d/intake-station.conf; sudo modprobe -r pn533_usb; then replug the reader
                """)
        case .readerHeld:
            FailureText(
                .reader, retryable: true,
                "Một chương trình khác đang chiếm đầu đọc", "Another program has taken the reader",
                "Quản trị viên: tìm bằng sudo fuser -v /dev/bus/usb/*/* (thường là scdaemon của GnuPG), tắt nó, cắm lại",
                "Administrator: find it by sudo fuser -v /dev/bus/usb/*/* (often GnuPG's scdaemon), end it, then replug"
            )
        case .readerNoAccess:
            FailureText(
                .permission, retryable: false,
                "Không có quyền dùng đầu đọc", "No permission to use the reader",
                "Quản trị viên: cài 70-intake-usb.rules, chạy sudo udevadm control --reload, rồi cắm lại đầu đọc",
                "Administrator: install 70-intake-usb.rules, run sudo udevadm control --reload, then replug the reader")
        default:
            FailureText(
                .reader, retryable: false,
                "Đầu đọc đã cắm nhưng không có trình điều khiển", "The reader is plugged in but has no driver",
                "Quản trị viên: cài libccid (sudo apt install libccid) hoặc trình điều khiển PC/SC của hãng, rồi cắm lại",
                "Administrator: install libccid (sudo apt install libccid) or the vendor's PC/SC driver, then replug")
        }
    }
}
