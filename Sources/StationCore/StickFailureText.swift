/// The table's rows about the removable medium and what lies on it.
extension FailureText {
    static let stickUnavailable = FailureText(
        .disk, .operator, retryable: true, status: 422,
        what: ("Không tìm thấy thiết bị lưu trữ", "The removable medium is not there"),
        why: (
            "Thiết bị chưa cắm, chưa được gắn vào hệ thống, hoặc đường dẫn sai",
            "The medium is not plugged in or not mounted, or the path is wrong"
        ),
        remedy: ("Cắm thiết bị, kiểm tra đường dẫn rồi thử lại", "Plug it in, check the path, then try again"))

    static let stickReadOnly = FailureText(
        .disk, .operator, retryable: true, status: 422,
        what: (
            "Không ghi được vào thiết bị lưu trữ: thiết bị chống ghi hoặc dịch vụ không có quyền",
            "The medium cannot be written: it is write-protected, or the service may not write to it"
        ),
        why: (
            "Khóa chống ghi đang bật, hoặc thư mục không thuộc quyền của dịch vụ",
            "The write lock is on, or the directory is not the service's to write"
        ),
        remedy: (
            "Tắt khóa chống ghi hoặc dùng thiết bị khác; quản trị viên kiểm tra quyền của thư mục",
            "Release the write lock or use another medium; the administrator checks the directory's permissions"
        ))

    static let stickFull = FailureText(
        .disk, .operator, retryable: true, status: 422,
        what: ("Thiết bị lưu trữ không đủ chỗ", "The medium has too little space"),
        why: ("Thiết bị còn chứa tệp khác hoặc gói dữ liệu cũ", "Other files or earlier bundles lie on the medium"),
        remedy: ("Dùng thiết bị trống hoặc lớn hơn", "Use an empty or a larger medium"))

    static let stickFault = FailureText(
        .disk, .operator, retryable: true, status: 422,
        what: (
            "Thiết bị lưu trữ đọc hoặc ghi bị lỗi, chưa hồ sơ nào được đánh dấu đã xuất",
            "Reading or writing the medium failed, no application was marked as exported"
        ),
        why: ("Thiết bị hỏng, hoặc bị rút ra khi đang ghi", "The medium is failing, or was unplugged during the write"),
        remedy: ("Dùng thiết bị khác rồi xuất lại", "Use another medium and export again"))

    static let stickBusy = FailureText(
        .station, .operator, retryable: true, status: 409,
        what: ("Đang xuất hoặc nhập ở thiết bị lưu trữ khác", "Another export or import is running"),
        why: ("Một lần xuất hoặc nhập khác chưa xong", "An earlier export or import has not ended"),
        remedy: ("Chờ việc đang chạy kết thúc", "Wait until it has ended"))

    static let bundleInvalid = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: (
            "Gói dữ liệu bị hỏng hoặc chưa ghi xong, không nhập gì từ gói này",
            "The bundle is damaged or was not finished, nothing was taken from it"
        ),
        why: (
            "Thiết bị bị rút ra trước khi ghi xong, hoặc tệp bị sửa",
            "The medium was unplugged before the end, or a file was changed"
        ),
        remedy: ("Xuất lại ở trạm đã ghi gói này", "Export again at the station that wrote it"))

    static let bundleSignatureInvalid = FailureText(
        .key, .supervisor, retryable: false, status: 422,
        what: (
            "Chữ ký của gói dữ liệu không đúng, không nhập gì từ gói này",
            "The bundle's signature does not hold, nothing was taken from it"
        ),
        why: (
            "Gói bị sửa trên đường đi, hoặc do trạm lạ ghi",
            "The bundle was changed on its way, or an unknown station wrote it"
        ),
        remedy: ("Báo cơ quan quản lý; hỏi trạm có tên trên gói", "Report it; ask the station that the bundle names"))
}
