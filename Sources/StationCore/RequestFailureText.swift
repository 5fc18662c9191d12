/// The table's rows about requests, and the service that answers them.
extension FailureText {
    static let idempotencyKeyMissing = FailureText(
        .input, .developer, retryable: false, status: 400,
        what: ("Thiếu khóa chống gửi trùng", "The Idempotency-Key header is missing"),
        why: ("Phần mềm gọi không gửi tiêu đề Idempotency-Key", "The calling software sent no Idempotency-Key header"),
        remedy: ("Phần mềm gọi phải gửi kèm khóa", "The calling software must send one"))

    static let idempotencyKeyReused = FailureText(
        .input, .developer, retryable: false, status: 422,
        what: ("Khóa chống gửi trùng đã dùng cho nội dung khác", "The idempotency key was used with another body"),
        why: (
            "Phần mềm gọi dùng lại khóa của hồ sơ trước", "The calling software took the key of an earlier application"
        ),
        remedy: ("Tạo khóa mới cho hồ sơ mới", "Make a new key for a new application"))

    static let requestMalformed = FailureText(
        .input, .developer, retryable: false, status: 400,
        what: ("Yêu cầu sai quy cách", "The request is malformed"),
        why: (
            "Phần mềm gọi không theo đúng mô tả giao diện",
            "The calling software does not follow the interface's description"
        ),
        remedy: ("Phần mềm gọi phải sửa yêu cầu", "The calling software must correct the request"))

    static let requestTooLarge = FailureText(
        .input, .developer, retryable: false, status: 413,
        what: ("Yêu cầu quá lớn", "The request is too large"),
        why: ("Phần mềm gọi gửi nhiều hơn giới hạn", "The calling software sent more than the limit"),
        remedy: ("Giảm kích thước", "Make it smaller"))

    static let requestForbiddenOrigin = FailureText(
        .permission, .operator, retryable: false, status: 403,
        what: ("Nguồn yêu cầu không được phép", "The request's origin is not allowed"),
        why: (
            "Một trang mạng khác, hoặc một địa chỉ khác, gọi vào trạm",
            "Another web page, or another address, called the station"
        ),
        remedy: ("Mở trang của chính trạm này", "Use this station's own page"))

    static let routeUnknown = FailureText(
        .input, .developer, retryable: false, status: 404,
        what: ("Không có địa chỉ này", "There is no such address"),
        why: (
            "Địa chỉ bị gõ sai, hoặc phiên bản này chưa có chức năng đó",
            "The address is mistyped, or this version does not have the function"
        ),
        remedy: ("Xem GET /v1", "See GET /v1"))

    static let methodNotAllowed = FailureText(
        .input, .developer, retryable: false, status: 405,
        what: ("Không dùng được phương thức này", "The method is not allowed here"),
        why: ("Phần mềm gọi dùng sai phương thức HTTP", "The calling software used a wrong HTTP method"),
        remedy: ("Xem GET /v1", "See GET /v1"))

    static let permissionDenied = FailureText(
        .permission, .administrator, retryable: false, status: 403,
        what: ("Bạn không có quyền thực hiện thao tác này", "You are not allowed to do this"),
        why: ("Tài khoản đang dùng không thuộc nhóm được phép", "The account in use is not in the group that may"),
        remedy: ("Đăng nhập bằng tài khoản có quyền", "Use an account that may"))

    static let connectionsTooMany = FailureText(
        .station, .operator, retryable: true, status: 503,
        what: ("Quá nhiều kết nối", "Too many connections"),
        why: (
            "Nhiều trang hoặc chương trình cùng mở trạm một lúc", "Many pages or programs have the station open at once"
        ),
        remedy: ("Thử lại sau ít giây", "Try again in a few seconds"))

    static let requestsTooMany = FailureText(
        .station, .developer, retryable: true, status: 429,
        what: ("Quá nhiều yêu cầu trong một giây", "Too many requests in a second"),
        why: (
            "Một chương trình hỏi trạm liên tục thay vì chờ sự kiện",
            "A program asks the station without a pause instead of waiting for events"
        ),
        remedy: (
            "Chờ rồi thử lại; nếu lặp lại, kiểm tra chương trình gửi yêu cầu",
            "Wait, then try again; if it comes back, look at the program that asks"
        ))

    static let stationStopping = FailureText(
        .station, .station, retryable: true, status: 503,
        what: ("Dịch vụ đang dừng", "The service is stopping"),
        why: (
            "Máy đang tắt, hoặc quản trị viên đang khởi động lại dịch vụ",
            "The computer shuts down, or an administrator restarts the service"
        ),
        remedy: ("Chờ dịch vụ khởi động lại", "Wait for the restart"))

    static let stationUnreachable = FailureText(
        .station, .administrator, retryable: true, status: 503,
        what: ("Không kết nối được dịch vụ của trạm", "The station's service cannot be reached"),
        why: (
            "Dịch vụ intaked không chạy, hoặc tài khoản không được mở ổ cắm của nó",
            "intaked is not running, or the account may not open its socket"
        ),
        remedy: ("Quản trị viên: systemctl status intaked", "Administrator: systemctl status intaked"))

    static let internalFault = FailureText(
        .station, .administrator, retryable: false, status: 500,
        what: ("Lỗi phần mềm", "A software fault"),
        why: ("Phần mềm gặp tình huống chưa được lường trước", "The software met a situation that nobody foresaw"),
        remedy: ("Báo nhà phát triển kèm mã và giờ", "Report it with this code and the time"))
}
