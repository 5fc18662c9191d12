/// What a person is told about a reader that is plugged in and not served.
extension FailureText {
    static func unserved(_ code: FailureCode) -> FailureText {
        switch code {
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
