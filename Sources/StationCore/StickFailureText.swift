extension FailureText {
    /// Texts of the removable medium and of what lies on it.
    static func stick(_ code: FailureCode) -> FailureText {
        switch code {
        case .stickReadOnly:
            FailureText(
                .disk, retryable: true,
                "Không ghi được vào thiết bị lưu trữ: thiết bị chống ghi hoặc dịch vụ không có quyền",
                "The medium cannot be written: it is write-protected, or the service may not write to it",
                "Tắt khóa chống ghi hoặc dùng thiết bị khác; quản trị viên kiểm tra quyền của thư mục",
                "Release the write lock or use another medium; the administrator checks the directory's permissions")
        case .stickFull:
            FailureText(
                .disk, retryable: true,
                "Thiết bị lưu trữ không đủ chỗ", "The medium has too little space",
                "Dùng thiết bị trống hoặc lớn hơn", "Use an empty or a larger medium")
        case .stickFault:
            FailureText(
                .disk, retryable: true,
                "Thiết bị lưu trữ đọc hoặc ghi bị lỗi, chưa hồ sơ nào được đánh dấu đã xuất",
                "Reading or writing the medium failed, no application was marked as exported",
                "Dùng thiết bị khác rồi xuất lại", "Use another medium and export again")
        case .stickBusy:
            FailureText(
                .station, retryable: true,
                "Đang xuất hoặc nhập ở thiết bị lưu trữ khác", "Another export or import is running",
                "Chờ việc đang chạy kết thúc", "Wait until it has ended")
        case .bundleInvalid:
            FailureText(
                .input, retryable: false,
                "Gói dữ liệu bị hỏng hoặc chưa ghi xong, không nhập gì từ gói này",
                "The bundle is damaged or was not finished, nothing was taken from it",
                "Xuất lại ở trạm đã ghi gói này", "Export again at the station that wrote it")
        case .bundleSignatureInvalid:
            FailureText(
                .key, retryable: false,
                "Chữ ký của gói dữ liệu không đúng, không nhập gì từ gói này",
                "The bundle's signature does not hold, nothing was taken from it",
                "Báo cơ quan quản lý; hỏi trạm có tên trên gói", "Report it; ask the station that the bundle names")
        default:
            FailureText(
                .disk, retryable: true,
                "Không tìm thấy thiết bị lưu trữ", "The removable medium is not there",
                "Cắm thiết bị, kiểm tra đường dẫn rồi thử lại", "Plug it in, check the path, then try again")
        }
    }
}
