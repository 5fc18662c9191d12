/// The table's rows about operators, their sign-in, co-signatures and sessions.
extension FailureText {
    static let signInRequired = FailureText(
        .permission, .operator, retryable: false, status: 401,
        what: ("Chưa đăng nhập", "Nobody is signed in"),
        why: ("Chưa cán bộ nào đăng nhập ở màn hình này", "No operator has signed in at this screen"),
        remedy: ("Cán bộ đăng nhập rồi làm lại", "Sign in, then try again"))

    static let signInRefused = FailureText(
        .permission, .operator, retryable: false, status: 401,
        what: ("Sai tên đăng nhập hoặc mật khẩu", "The name or the password is wrong"),
        why: (
            "Gõ nhầm, đang bật Caps Lock hoặc bộ gõ tiếng Việt, hoặc quên mật khẩu",
            "It was mistyped, Caps Lock or the Vietnamese input method is on, or the password is forgotten"
        ),
        remedy: (
            "Nhập lại; nếu quên, nhờ người phụ trách đặt lại",
            "Enter them again; if forgotten, a supervisor resets the password"
        ))

    static let signInBusy = FailureText(
        .station, .station, retryable: true, status: 503,
        what: ("Đang có nhiều lượt đăng nhập", "Too many sign-ins at once"),
        why: (
            "Mỗi lượt kiểm tra mật khẩu tốn bộ nhớ nên số lượt cùng lúc có giới hạn",
            "Each check of a password takes memory, so only a few run at once"
        ),
        remedy: ("Chờ vài giây rồi đăng nhập lại", "Wait a few seconds and sign in again"))

    static let sessionExpired = FailureText(
        .permission, .operator, retryable: false, status: 401,
        what: ("Phiên làm việc đã hết hạn, hãy đăng nhập lại", "The session has expired, sign in again"),
        why: (
            "Quá lâu không thao tác, hoặc dịch vụ vừa khởi động lại",
            "Nothing was done for too long, or the service has restarted"
        ),
        remedy: (
            "Đăng nhập lại; thẻ đã đọc vẫn còn trong thời gian quy định",
            "Sign in again; the card that was read is kept for its time"
        ))

    static let secretTooWeak = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: (
            "Mật khẩu quá yếu: cần ít nhất 12 ký tự, hoặc mã PIN ít nhất 6 số khi khóa dữ liệu nằm trong máy",
            "The password is too weak: at least 12 characters, or a PIN of at least 6 digits where the machine keeps the data key"
        ),
        why: ("Mật khẩu mới ngắn hoặc dễ đoán", "The new password is short or easily guessed"),
        remedy: (
            "Chọn mật khẩu dài hơn, không lặp một ký tự và không theo thứ tự",
            "Choose a longer one, neither one character repeated nor a sequence"
        ))

    static let secretChangeRequired = FailureText(
        .permission, .operator, retryable: false, status: 403,
        what: ("Phải đổi mật khẩu tạm trước khi làm việc", "The temporary password has to be changed first"),
        why: (
            "Tài khoản mới được lập hoặc vừa được đặt lại mật khẩu",
            "The account is new, or its password has just been reset"
        ),
        remedy: ("Đặt mật khẩu mới của riêng mình", "Set a password of your own"))

    static let operatorLockedOut = FailureText(
        .permission, .supervisor, retryable: true, status: 429,
        what: ("Tài khoản tạm khóa vì nhập sai nhiều lần", "The account is locked for a while after wrong attempts"),
        why: (
            "Quên mật khẩu, hoặc có người thử đoán mật khẩu",
            "The password is forgotten, or somebody tries to guess it"
        ),
        remedy: (
            "Chờ hết thời gian khóa, hoặc nhờ người phụ trách đặt lại mật khẩu",
            "Wait until the time is over, or have a supervisor reset the password"
        ))

    static let operatorSuspended = FailureText(
        .permission, .administrator, retryable: false, status: 403,
        what: ("Tài khoản đã bị khóa", "The account is locked"),
        why: ("Quản trị viên đã khóa tài khoản này", "An administrator has locked this account"),
        remedy: ("Quản trị viên: intakectl operator unlock", "Administrator: intakectl operator unlock"))

    static let operatorUnknown = FailureText(
        .input, .operator, retryable: false, status: 404,
        what: ("Không có cán bộ này ở trạm", "There is no such operator at this station"),
        why: (
            "Tên bị gõ sai, hoặc tài khoản chưa được lập ở trạm này",
            "The name was mistyped, or the account was never made at this station"
        ),
        remedy: ("Kiểm tra tên; xem intakectl operator list", "Check the name; see intakectl operator list"))

    static let operatorExists = FailureText(
        .input, .administrator, retryable: false, status: 409,
        what: ("Cán bộ này đã có ở trạm", "This operator exists already"),
        why: ("Tên này đã được dùng cho một tài khoản khác", "The name is already an account's"),
        remedy: ("Chọn tên khác, hoặc đặt lại mật khẩu", "Choose another name, or reset the password"))

    static let operatorsNone = FailureText(
        .station, .administrator, retryable: false, status: 409,
        what: ("Trạm chưa có cán bộ nào", "No operator has been entered yet"),
        why: ("Trạm mới cài đặt, chưa lập tài khoản", "The station is new and has no account yet"),
        remedy: (
            "Quản trị viên: intakectl operator add TÊN --role supervisor",
            "Administrator: intakectl operator add NAME --role supervisor"
        ))

    static let rekeyRefused = FailureText(
        .input, .administrator, retryable: false, status: 409,
        what: ("Chưa lập khóa dữ liệu mới cho trạm", "The station was not given another data key"),
        why: (
            "Khóa hiện tại còn mở được, hoặc lệnh chưa nêu đúng số hồ sơ sẽ mất dữ liệu liên hệ",
            "The present key can still be opened, or the order does not say how many applications lose their follow-up data"
        ),
        remedy: (
            "Còn người mở được trạm, hoặc máy giữ khóa: đặt lại mật khẩu là đủ. Không còn ai: intakectl operator rekey TÊN --forget SỐ, với số nêu trong chi tiết",
            "Where somebody opens the station, or the machine keeps the key, a reset of the secret is enough. Where nobody does: intakectl operator rekey NAME --forget NUMBER, with the number in the detail"
        ))

    static let supervisorRequired = FailureText(
        .permission, .supervisor, retryable: false, status: 403,
        what: ("Việc này cần người phụ trách", "This needs a supervisor"),
        why: (
            "Tài khoản đang đăng nhập không có vai trò người phụ trách",
            "The account that is signed in has not the supervisor's role"
        ),
        remedy: ("Người phụ trách đăng nhập hoặc ký cùng", "A supervisor signs in or co-signs"))

    static let coSignatureMissing = FailureText(
        .permission, .supervisor, retryable: false, status: 403,
        what: (
            "Việc này cần người thứ hai ký cùng, một trong hai là người phụ trách",
            "This needs a second person, and one of the two is a supervisor"
        ),
        why: ("Thao tác này chỉ được làm khi có hai người", "This action takes two people"),
        remedy: ("Người thứ hai nhập tên và mật khẩu của mình", "The second person enters name and password"))

    static let coSignatureRefused = FailureText(
        .permission, .supervisor, retryable: false, status: 403,
        what: ("Chữ ký của người thứ hai không đúng", "The second person's name or password is wrong"),
        why: (
            "Người thứ hai gõ nhầm, hoặc tài khoản của họ bị khóa",
            "The second person mistyped, or their account is locked"
        ),
        remedy: ("Người thứ hai nhập lại", "The second person enters them again"))

    static let shiftNone = FailureText(
        .input, .operator, retryable: false, status: 409,
        what: ("Chưa mở phiên thu nhận", "No intake session is open"),
        why: (
            "Ngày làm việc chưa bắt đầu, hoặc phiên đã được đóng",
            "The day has not begun, or the session was closed"
        ),
        remedy: ("Mở phiên thu nhận với tổ và điểm thu nhận", "Open a session with team and intake point"))

    static let shiftOpen = FailureText(
        .input, .operator, retryable: false, status: 409,
        what: ("Đang có một phiên thu nhận", "An intake session is open already"),
        why: ("Ca trước chưa đóng phiên", "The shift before has not closed its session"),
        remedy: ("Tiếp tục phiên đang mở, hoặc đóng phiên đó trước", "Go on with it, or close it first"))

    static let shiftUnknown = FailureText(
        .input, .operator, retryable: false, status: 404,
        what: ("Không có phiên thu nhận này, hoặc phiên đã đóng", "There is no such session, or it is closed"),
        why: (
            "Phiên đã được đóng ở màn hình khác, hoặc mã bị gõ sai",
            "It was closed at another screen, or the id was mistyped"
        ),
        remedy: ("Xem danh sách phiên", "See the list of sessions"))

    static let readOfAnother = FailureText(
        .permission, .operator, retryable: false, status: 403,
        what: ("Lần đọc thẻ này của cán bộ khác", "Another operator's card read"),
        why: (
            "Hai cán bộ dùng chung trạm, thẻ do người kia đọc",
            "Two operators share the station and the other one read this card"
        ),
        remedy: ("Đọc lại thẻ ở bàn của mình", "Read the card again at your own desk"))

    static let stationLocked = FailureText(
        .station, .operator, retryable: true, status: 503,
        what: (
            "Trạm đang khóa: dữ liệu liên hệ chưa mở, hồ sơ đã lưu vẫn được truyền",
            "The station is locked: follow-up data is closed, saved applications are still transmitted"
        ),
        why: (
            "Trạm vừa khởi động, chưa ai mở phiên thu nhận",
            "The station has started and nobody has opened an intake session yet"
        ),
        remedy: ("Cán bộ đăng nhập và mở phiên thu nhận", "Sign in and open an intake session"))
}
