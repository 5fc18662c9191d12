extension FailureText {
    /// Texts of operators, their sign-in, co-signatures and shifts.
    static func people(_ code: FailureCode) -> FailureText {
        switch code {
        case .signInRequired:
            FailureText(
                .permission, retryable: false,
                "Chưa đăng nhập", "Nobody is signed in",
                "Cán bộ đăng nhập rồi làm lại", "Sign in, then try again")
        case .signInRefused:
            FailureText(
                .permission, retryable: false,
                "Sai tên đăng nhập hoặc mật khẩu", "The name or the password is wrong",
                "Nhập lại; nếu quên, nhờ người phụ trách đặt lại",
                "Enter them again; if forgotten, a supervisor resets the password")
        case .signInBusy:
            FailureText(
                .station, retryable: true,
                "Đang có nhiều lượt đăng nhập", "Too many sign-ins at once",
                "Chờ vài giây rồi đăng nhập lại", "Wait a few seconds and sign in again")
        case .sessionExpired:
            FailureText(
                .permission, retryable: false,
                "Phiên làm việc đã hết hạn, hãy đăng nhập lại", "The session has expired, sign in again",
                "Đăng nhập lại; thẻ đã đọc vẫn còn trong thời gian quy định",
                "Sign in again; the card that was read is kept for its time")
        case .secretTooWeak:
            FailureText(
                .input, retryable: false,
                "Mật khẩu quá yếu: cần ít nhất 12 ký tự, hoặc mã PIN ít nhất 6 số khi khóa dữ liệu nằm trong máy",
                "The password is too weak: at least 12 characters, or a PIN of at least 6 digits where the machine keeps the data key",
                "Chọn mật khẩu dài hơn, không lặp một ký tự và không theo thứ tự",
                "Choose a longer one, neither one character repeated nor a sequence")
        case .secretChangeRequired:
            FailureText(
                .permission, retryable: false,
                "Phải đổi mật khẩu tạm trước khi làm việc", "The temporary password has to be changed first",
                "Đặt mật khẩu mới của riêng mình", "Set a password of your own")
        case .operatorLockedOut:
            FailureText(
                .permission, retryable: true,
                "Tài khoản tạm khóa vì nhập sai nhiều lần", "The account is locked for a while after wrong attempts",
                "Chờ hết thời gian khóa, hoặc nhờ người phụ trách đặt lại mật khẩu",
                "Wait until the time is over, or have a supervisor reset the password")
        case .operatorSuspended:
            FailureText(
                .permission, retryable: false,
                "Tài khoản đã bị khóa", "The account is locked",
                "Quản trị viên: intakectl operator unlock", "Administrator: intakectl operator unlock")
        case .operatorUnknown:
            FailureText(
                .input, retryable: false,
                "Không có cán bộ này ở trạm", "There is no such operator at this station",
                "Kiểm tra tên; xem intakectl operator list", "Check the name; see intakectl operator list")
        case .operatorExists:
            FailureText(
                .input, retryable: false,
                "Cán bộ này đã có ở trạm", "This operator exists already",
                "Chọn tên khác, hoặc đặt lại mật khẩu", "Choose another name, or reset the password")
        case .operatorsNone:
            FailureText(
                .station, retryable: false,
                "Trạm chưa có cán bộ nào", "No operator has been entered yet",
                "Quản trị viên: intakectl operator add TÊN --role supervisor",
                "Administrator: intakectl operator add NAME --role supervisor")
        case .supervisorRequired:
            FailureText(
                .permission, retryable: false,
                "Việc này cần người phụ trách", "This needs a supervisor",
                "Người phụ trách đăng nhập hoặc ký cùng", "A supervisor signs in or co-signs")
        case .coSignatureMissing:
            FailureText(
                .permission, retryable: false,
                "Việc này cần người thứ hai ký cùng, một trong hai là người phụ trách",
                "This needs a second person, and one of the two is a supervisor",
                "Người thứ hai nhập tên và mật khẩu của mình", "The second person enters name and password")
        case .coSignatureRefused:
            FailureText(
                .permission, retryable: false,
                "Chữ ký của người thứ hai không đúng", "The second person's name or password is wrong",
                "Người thứ hai nhập lại", "The second person enters them again")
        case .shiftNone:
            FailureText(
                .input, retryable: false,
                "Chưa mở phiên thu nhận", "No intake session is open",
                "Mở phiên thu nhận với tổ và điểm thu nhận", "Open a session with team and intake point")
        case .shiftOpen:
            FailureText(
                .input, retryable: false,
                "Đang có một phiên thu nhận", "An intake session is open already",
                "Tiếp tục phiên đang mở, hoặc đóng phiên đó trước", "Go on with it, or close it first")
        case .shiftUnknown:
            FailureText(
                .input, retryable: false,
                "Không có phiên thu nhận này, hoặc phiên đã đóng", "There is no such session, or it is closed",
                "Xem danh sách phiên", "See the list of sessions")
        case .readOfAnother:
            FailureText(
                .permission, retryable: false,
                "Lần đọc thẻ này của cán bộ khác", "Another operator's card read",
                "Đọc lại thẻ ở bàn của mình", "Read the card again at your own desk")
        default:
            FailureText(
                .station, retryable: true,
                "Trạm đang khóa: dữ liệu liên hệ chưa mở, hồ sơ đã lưu vẫn được truyền",
                "The station is locked: follow-up data is closed, saved applications are still transmitted",
                "Cán bộ đăng nhập và mở phiên thu nhận", "Sign in and open an intake session")
        }
    }
}
