/// What a person is told about a stop: whose fault, what happened, what to do, in Vietnamese and English.
public struct FailureText: Sendable {
    /// Whose fault it is.
    public let culprit: Culprit
    /// Whether the same request may succeed later without a change.
    public let retryable: Bool
    /// What happened, Vietnamese.
    public let titleVi: String
    /// What happened, English.
    public let title: String
    /// What to do and who can do it, Vietnamese.
    public let remedyVi: String
    /// What to do and who can do it, English.
    public let remedy: String

    init(_ culprit: Culprit, retryable: Bool, _ titleVi: String, _ title: String, _ remedyVi: String, _ remedy: String)
    {
        self.culprit = culprit
        self.retryable = retryable
        self.titleVi = titleVi
        self.title = title
        self.remedyVi = remedyVi
        self.remedy = remedy
    }
}

extension FailureCode {
    /// The table's row for this code.
    public var text: FailureText {
        switch self {
        case .readerNone, .readerUnknown, .readerDisconnected, .readerServiceDown, .readerFault, .readerBusy,
            .readerWedged, .readerNotAuthorized, .readerNoPower, .readerKernelDriver, .readerHeld, .readerNoAccess,
            .readerDriverMissing:
            .reader(self)
        case .cardNone:
            FailureText(
                .card, retryable: true,
                "Không nhận được thẻ, hãy đặt lại thẻ", "Card not detected, place it again",
                "Đặt thẻ lên đầu đọc và giữ yên", "Place the card on the reader and hold it still")
        case .cardRemoved:
            FailureText(
                .card, retryable: true,
                "Thẻ bị rút ra khi đang đọc", "Card removed while reading",
                "Đặt lại thẻ và giữ yên", "Place the card again and hold it still")
        case .cardOther:
            FailureText(
                .card, retryable: true,
                "Thẻ vừa đặt lại không phải thẻ đang đọc", "The card put back is not the one that was being read",
                "Đọc lại từ đầu với thẻ của công dân này", "Start again with this citizen's card")
        case .cardMute:
            FailureText(
                .card, retryable: true,
                "Thẻ không trả lời", "The card does not answer",
                "Nhấc thẻ ra và đặt lại", "Lift the card and place it again")
        case .cardNotDocument:
            FailureText(
                .card, retryable: false,
                "Thẻ không phải CCCD/căn cước gắn chip", "Not a chip-based ID card",
                "Dùng thẻ CCCD hoặc căn cước có gắn chip", "Use a chip-based citizen card")
        case .cardWrongCredential:
            FailureText(
                .input, retryable: false,
                "Số không mở được chip của thẻ này", "The number does not open this card's chip",
                "Kiểm tra lại số trên thẻ rồi nhập lại", "Check the number on the card and enter it again")
        case .cardAccessRefused:
            FailureText(
                .card, retryable: true,
                "Thẻ từ chối mở chip", "The card refused access",
                "Nhấc thẻ ra, đặt lại và thử lần nữa", "Lift the card, place it again and retry")
        case .cardSessionBroken:
            FailureText(
                .card, retryable: true,
                "Phiên đọc với thẻ bị hỏng", "The secured session with the card broke",
                "Nhấc thẻ ra, đặt lại và đọc từ đầu", "Lift the card, place it again and read from the start")
        case .cardProtocolError:
            FailureText(
                .card, retryable: true,
                "Chip trả lời sai quy cách", "The chip answered against the standard",
                "Thử lại; nếu vẫn lỗi, báo quản trị viên", "Retry; if it stays, tell the administrator")
        case .cardDataMalformed:
            FailureText(
                .card, retryable: false,
                "Dữ liệu trên chip sai quy cách", "Data on the chip is malformed",
                "Không nhận hồ sơ từ thẻ này; báo người phụ trách",
                "Do not take an application from this card; inform the supervisor")
        case .cardDataTooLarge:
            FailureText(
                .card, retryable: false,
                "Dữ liệu trên chip vượt giới hạn", "Data on the chip exceeds the limits",
                "Không nhận hồ sơ từ thẻ này; báo người phụ trách",
                "Do not take an application from this card; inform the supervisor")
        case .cardForged:
            FailureText(
                .card, retryable: false,
                "Không xác thực được thẻ", "The card failed authentication",
                "Không nhận hồ sơ; báo người phụ trách", "Take no application; inform the supervisor")
        case .cardReadTimeout:
            FailureText(
                .card, retryable: true,
                "Đọc thẻ quá lâu", "Reading took too long",
                "Đặt lại thẻ; nếu vẫn chậm, đổi đầu đọc", "Place the card again; if it stays slow, try another reader")
        case .cardUnsupported:
            FailureText(
                .card, retryable: false,
                "Chip dùng giao thức chưa được hỗ trợ", "The chip uses an unsupported protocol",
                "Báo quản trị viên kèm mã lỗi", "Tell the administrator, with this code")
        case .cardForeign:
            FailureText(
                .card, retryable: false,
                "Giấy tờ của người nước ngoài", "A foreign document",
                "Hướng dẫn đến cơ quan quản lý xuất nhập cảnh", "Direct the person to the immigration authority")
        case .idCardOld:
            FailureText(
                .card, retryable: false,
                "Chứng minh nhân dân 9 số: không có chip, đã hết giá trị sử dụng",
                "An old nine-digit identity card: no chip, and no longer valid",
                "Dùng thẻ căn cước gắn chip; nếu công dân chưa có, hướng dẫn làm thẻ",
                "Use the chip card; if the citizen has none, direct them to have one issued")
        case .healthInsuranceCard:
            FailureText(
                .input, retryable: false,
                "Đây là mã của thẻ bảo hiểm y tế", "This is the code of a health insurance card",
                "Quét mã QR trên thẻ căn cước gắn chip", "Scan the QR code of the chip card")
        case .credentialInvalid:
            FailureText(
                .input, retryable: false,
                "Thông tin mở chip không hợp lệ", "The credential to open the chip is invalid",
                "Nhập đủ 12 số định danh, 6 số CAN hoặc dòng MRZ",
                "Enter the 12-digit number, the 6-digit CAN or the MRZ")
        case .portraitUndecodable:
            FailureText(
                .card, retryable: false,
                "Không giải mã được ảnh trên chip", "The portrait on the chip cannot be decoded",
                "Đối chiếu bằng ảnh in trên thẻ", "Compare with the portrait printed on the card")
        case .portraitAbsent:
            FailureText(
                .card, retryable: false,
                "Chip không có ảnh chân dung", "The chip holds no portrait",
                "Đối chiếu bằng cách khác theo quy định", "Compare by other means as the rules say")
        case .readUnknown:
            FailureText(
                .input, retryable: false,
                "Không có lần đọc này", "There is no such read",
                "Đọc lại thẻ", "Read the card again")
        case .readUnfinished:
            FailureText(
                .input, retryable: true,
                "Chưa đọc xong thẻ", "The read is not finished",
                "Chờ đọc xong", "Wait for the read to finish")
        case .readInUse:
            FailureText(
                .input, retryable: true,
                "Hồ sơ từ lần đọc này đang được lưu", "An application from this read is being saved",
                "Chờ kết quả của lần lưu trước", "Wait for the answer to the earlier save")
        case .readPartial:
            FailureText(
                .input, retryable: false,
                "Lần đọc này chỉ lấy một phần dữ liệu của thẻ", "This read fetched only a part of the card",
                "Đọc lại toàn bộ thẻ rồi lưu hồ sơ", "Read the whole card again, then save")
        case .numberInvalid:
            FailureText(
                .input, retryable: false,
                "Số định danh cá nhân không hợp lệ", "Invalid personal number",
                "Nhập đủ 12 chữ số", "Enter all 12 digits")
        case .phoneMissing:
            FailureText(
                .input, retryable: false,
                "Thiếu số điện thoại", "The phone number is missing",
                "Hỏi số điện thoại chính chủ của công dân", "Ask for the citizen's own mobile number")
        case .phoneInvalid:
            FailureText(
                .input, retryable: false,
                "Số điện thoại không hợp lệ", "Invalid phone number",
                "Đọc lại số điện thoại cho công dân xác nhận", "Read the number back to the citizen")
        case .emailInvalid:
            FailureText(
                .input, retryable: false,
                "Thư điện tử không hợp lệ", "Invalid e-mail address",
                "Sửa hoặc bỏ trống", "Correct it or leave it empty")
        case .integrationUnknown:
            FailureText(
                .input, retryable: false,
                "Thông tin đề nghị tích hợp không có trong danh mục", "Unknown integration request",
                "Chọn trong danh mục", "Choose from the list")
        case .consentMissing:
            FailureText(
                .input, retryable: false,
                "Chưa ghi nhận sự đồng ý của công dân", "Citizen's consent not recorded",
                "Đọc nội dung đồng ý và ghi nhận câu trả lời", "Read the consent text and record the answer")
        case .consentStale:
            FailureText(
                .input, retryable: false,
                "Nội dung đồng ý không phải bản đang dùng", "The consent text is not the current one",
                "Tải lại trang và đọc bản mới cho công dân", "Reload and read the current text to the citizen")
        case .representativeMissing:
            FailureText(
                .input, retryable: false,
                "Thiếu người đại diện / người giám hộ", "The representative is missing",
                "Ghi người đại diện có mặt và số điện thoại của họ",
                "Record the representative who is present, with their phone")
        case .representativeInvalid:
            FailureText(
                .input, retryable: false,
                "Thông tin người đại diện không hợp lệ", "The representative's data is invalid",
                "Kiểm tra số định danh, họ tên và quan hệ", "Check number, name and relationship")
        case .ageBelowMinimum:
            FailureText(
                .input, retryable: false,
                "Chưa đủ tuổi theo quy định", "Below the required age",
                "Hẹn lại khi đủ tuổi theo quy định", "Ask to come back at the required age")
        case .ageUndetermined:
            FailureText(
                .input, retryable: false,
                "Chưa xác định được tuổi", "The age cannot be determined",
                "Xác nhận tuổi và ghi lý do", "Confirm the age and record the reason")
        case .cardExpired:
            FailureText(
                .card, retryable: false,
                "Thẻ đã hết hạn", "The card has expired",
                "Hướng dẫn công dân đổi thẻ", "Tell the citizen to renew the card")
        case .clockConfirmationMissing:
            FailureText(
                .clock, retryable: false,
                "Đồng hồ chưa tin cậy, cần xác nhận ngày", "The clock is not trusted; the date must be confirmed",
                "Xác nhận ngày hôm nay rồi lưu lại", "Confirm today's date, then save again")
        case .cardNotVerified:
            FailureText(
                .card, retryable: false,
                "Thẻ chưa được xác thực đầy đủ theo chính sách", "The card is not verified as the policy requires",
                "Đọc lại thẻ; nếu vẫn vậy, báo người phụ trách",
                "Read the card again; if it stays, inform the supervisor")
        case .duplicateToday:
            FailureText(
                .input, retryable: false,
                "Hồ sơ trùng: công dân đã nộp trong ngày", "Duplicate: an application was taken today",
                "Kiểm tra hồ sơ trước; nếu vẫn cần, ghi lý do",
                "Check the earlier application; if still needed, give a reason")
        case .phoneReused:
            FailureText(
                .input, retryable: false,
                "Số điện thoại đã dùng cho hồ sơ khác", "Phone number already used in another application",
                "Xác nhận với công dân; nếu đúng, ghi lý do", "Confirm with the citizen; if right, give a reason")
        case .fieldMissing:
            FailureText(
                .input, retryable: false,
                "Thiếu thông tin bắt buộc", "A required field is missing",
                "Bổ sung thông tin", "Fill it in")
        case .fieldTooLong:
            FailureText(
                .input, retryable: false,
                "Thông tin quá dài", "The field is too long",
                "Rút gọn thông tin", "Shorten it")
        case .fieldInvalid:
            FailureText(
                .input, retryable: false,
                "Thông tin không hợp lệ", "The field is invalid",
                "Sửa thông tin", "Correct it")
        case .applicationInvalid:
            FailureText(
                .input, retryable: false,
                "Hồ sơ chưa hợp lệ", "The application is not valid",
                "Sửa các mục được đánh dấu", "Correct the marked fields")
        case .applicationUnknown:
            FailureText(
                .input, retryable: false,
                "Không có hồ sơ này", "There is no such application",
                "Kiểm tra lại mã hồ sơ", "Check the application id")
        case .applicationSuperseded:
            FailureText(
                .input, retryable: false,
                "Hồ sơ đã được thay bằng hồ sơ mới hơn", "A later revision has taken this application's place",
                "Bổ sung vào hồ sơ mới nhất", "Correct the newest revision")
        case .reasonUnknown:
            FailureText(
                .input, retryable: false,
                "Chưa chọn lý do", "No known reason is given",
                "Chọn một lý do trong danh sách", "Choose a reason from the list")
        case .transitionRefused:
            FailureText(
                .input, retryable: false,
                "Không thể làm việc này ở trạng thái hiện tại của hồ sơ",
                "The application's present state does not allow this",
                "Xem trạng thái hồ sơ rồi chọn thao tác khác",
                "Look at the application's state, then choose another action")
        case .idempotencyKeyMissing:
            FailureText(
                .input, retryable: false,
                "Thiếu khóa chống gửi trùng", "The Idempotency-Key header is missing",
                "Phần mềm gọi phải gửi kèm khóa", "The calling software must send one")
        case .idempotencyKeyReused:
            FailureText(
                .input, retryable: false,
                "Khóa chống gửi trùng đã dùng cho nội dung khác", "The idempotency key was used with another body",
                "Tạo khóa mới cho hồ sơ mới", "Make a new key for a new application")
        case .requestMalformed:
            FailureText(
                .input, retryable: false,
                "Yêu cầu sai quy cách", "The request is malformed",
                "Phần mềm gọi phải sửa yêu cầu", "The calling software must correct the request")
        case .requestTooLarge:
            FailureText(
                .input, retryable: false,
                "Yêu cầu quá lớn", "The request is too large",
                "Giảm kích thước", "Make it smaller")
        case .requestForbiddenOrigin:
            FailureText(
                .permission, retryable: false,
                "Nguồn yêu cầu không được phép", "The request's origin is not allowed",
                "Mở trang của chính trạm này", "Use this station's own page")
        case .routeUnknown:
            FailureText(
                .input, retryable: false,
                "Không có địa chỉ này", "There is no such address",
                "Xem GET /v1", "See GET /v1")
        case .methodNotAllowed:
            FailureText(
                .input, retryable: false,
                "Không dùng được phương thức này", "The method is not allowed here",
                "Xem GET /v1", "See GET /v1")
        case .permissionDenied:
            FailureText(
                .permission, retryable: false,
                "Bạn không có quyền thực hiện thao tác này", "You are not allowed to do this",
                "Đăng nhập bằng tài khoản có quyền", "Use an account that may")
        case .connectionsTooMany:
            FailureText(
                .station, retryable: true,
                "Quá nhiều kết nối", "Too many connections",
                "Thử lại sau ít giây", "Try again in a few seconds")
        case .requestsTooMany:
            FailureText(
                .station, retryable: true,
                "Quá nhiều yêu cầu trong một giây", "Too many requests in a second",
                "Chờ rồi thử lại; nếu lặp lại, kiểm tra chương trình gửi yêu cầu",
                "Wait, then try again; if it comes back, look at the program that asks")
        case .diskFull:
            FailureText(
                .disk, retryable: true,
                "Đĩa còn chỗ cho chưa đến \(Limits.Store.refusalApplications) hồ sơ, ngừng nhận hồ sơ mới",
                "The disk has room for fewer than \(Limits.Store.refusalApplications) applications, new intake stopped",
                "Giải phóng đĩa; hồ sơ đã lưu vẫn an toàn", "Free disk space; saved applications are safe")
        case .diskLow:
            FailureText(
                .disk, retryable: true,
                "Đĩa chỉ còn chỗ cho không quá \(Limits.Store.warningApplications) hồ sơ",
                "The disk has room for no more than \(Limits.Store.warningApplications) applications",
                "Quản trị viên: giải phóng đĩa", "Administrator: free disk space")
        case .diskWriteFailed:
            FailureText(
                .disk, retryable: false,
                "Ghi đĩa thất bại, hồ sơ chưa được lưu", "Writing to disk failed, the application is not saved",
                "Thay đĩa; dịch vụ đã dừng nhận", "Replace the disk; the service stopped taking in")
        case .storeDamaged:
            FailureText(
                .disk, retryable: false,
                "Dữ liệu hàng đợi bị hỏng", "The spool is damaged",
                "Quản trị viên: chạy intakectl recover", "Administrator: run intakectl recover")
        case .applicationsMissing:
            FailureText(
                .disk, retryable: false,
                "Có hồ sơ đã nhận mà trạm không còn bảo đảm được",
                "The station cannot vouch for some applications it took in",
                "Quản trị viên: hỏi cấp trên về các số thứ tự được nêu; hồ sơ nào không có thì tiếp nhận lại",
                "Administrator: ask upstream about the sequence numbers named; take in again what it does not have")
        case .storeNewer:
            FailureText(
                .disk, retryable: false,
                "Kho dữ liệu thuộc phiên bản mới hơn", "The spool belongs to a newer version",
                "Cài đúng phiên bản phần mềm", "Install the matching version")
        case .storeUnsafe:
            FailureText(
                .disk, retryable: false,
                "Cơ sở dữ liệu không chạy ở chế độ bền vững", "The database does not run in its durable mode",
                "Báo nhà phát triển kèm mã lỗi", "Report to the developers with this code")
        case .instanceRunning:
            FailureText(
                .station, retryable: false,
                "Một tiến trình intaked khác đang chạy", "Another intaked is running",
                "Dừng tiến trình kia trước", "Stop the other one first")
        case .configurationInvalid:
            FailureText(
                .station, retryable: false,
                "Tệp cấu hình không hợp lệ", "The configuration is invalid",
                "Sửa mục được nêu rồi chạy intaked --check-config",
                "Correct the named setting, then run intaked --check-config")
        case .trustFileInvalid:
            FailureText(
                .input, retryable: false,
                "Tệp không phải chứng thư gốc, danh sách chứng thư hay danh sách thu hồi dùng được",
                "The file is no usable root certificate, master list or revocation list",
                "Quản trị viên: lấy lại tệp từ nguồn phát hành rồi nhập lại",
                "Administrator: get the file again from its publisher and import it")
        case .trustSignerUnverified:
            FailureText(
                .input, retryable: false,
                "Chưa xác minh được bên ký danh sách chứng thư", "The signer of the master list is not verified",
                "Quản trị viên: nhập chứng thư gốc của bên ký trước, hoặc đối chiếu dấu vân tay rồi dùng --accept-signer",
                "Administrator: import the signer's root certificate first, or compare the fingerprint with the publisher and use --accept-signer"
            )
        case .trustStoreDamaged:
            FailureText(
                .disk, retryable: false,
                "Kho chứng thư gốc bị hỏng", "The store of trusted certificates is damaged",
                "Quản trị viên: xóa tệp được nêu rồi nhập lại chứng thư",
                "Administrator: remove the named file and import the certificates again")
        case .auditFileInvalid:
            FailureText(
                .input, retryable: false,
                "Tệp nhật ký không đọc được", "The audit file cannot be read",
                "Xuất lại bằng intakectl audit export", "Export it again with intakectl audit export")
        case .credentialMissing:
            FailureText(
                .key, retryable: false,
                "Thiếu khóa hoặc chứng thư của trạm", "A key or certificate of the station is missing",
                "Quản trị viên: cấp lại khóa cho trạm", "Administrator: provide the station's credentials")
        case .keyInvalid:
            FailureText(
                .key, retryable: false,
                "Khóa không dùng được", "A key cannot be used",
                "Quản trị viên: cấp lại khóa", "Administrator: provide the key again")
        case .recipientKeyMissing:
            FailureText(
                .key, retryable: true,
                "Chưa có khóa của cấp trên để niêm phong hồ sơ", "There is no upstream key to seal to",
                "Kết nối mạng một lần để tải khóa", "Connect to the network once to fetch the key")
        case .sealingKeyExpiring:
            FailureText(
                .key, retryable: true,
                "Khóa niêm phong của cấp trên sắp hết hạn", "Upstream's sealing key ends soon",
                "Kết nối mạng để tải khóa mới; báo cấp trên nếu chưa có khóa mới",
                "Connect to the network to fetch the next key; tell upstream if there is none")
        case .sealingKeyExpired:
            FailureText(
                .key, retryable: true,
                "Khóa niêm phong của cấp trên đã hết hạn", "Upstream's sealing key has ended",
                "Vẫn thu nhận được, có ghi chú; kết nối mạng để tải khóa mới",
                "Intake goes on, remarked; connect to the network to fetch the next key")
        case .clientCertificateExpiring:
            FailureText(
                .key, retryable: false,
                "Chứng thư kết nối sắp hết hạn", "The connection certificate ends soon",
                "Quản trị viên: gia hạn chứng thư, rồi systemctl reload intaked",
                "Administrator: renew the certificate, then systemctl reload intaked")
        case .clientCertificateExpired:
            FailureText(
                .key, retryable: false,
                "Chứng thư kết nối đã hết hạn", "The connection certificate has expired",
                "Quản trị viên: gia hạn chứng thư", "Administrator: renew the certificate")
        case .clockSuspect:
            FailureText(
                .clock, retryable: true,
                "Đồng hồ của máy không đúng", "The computer's clock is wrong",
                "Vẫn thu nhận được; chỉnh lại ngày giờ của máy", "Intake goes on; set the computer's date and time")
        case .networkUnreachable, .networkTimeout, .replyNotUpstream, .serverCertificateInvalid,
            .upstreamRefusedStation, .upstreamNotConfigured, .upstreamBusy, .transmissionPaused, .transmissionPending,
            .transmissionQuietHours, .transmissionMetered,
            .upstreamRejectedItem, .upstreamSchemaRefused, .upstreamAnswerContradicts, .itemQuarantined:
            .upstream(self)
        case .stickUnavailable, .stickReadOnly, .stickFull, .stickFault, .stickBusy, .bundleInvalid,
            .bundleSignatureInvalid:
            .stick(self)
        case .signInRequired, .signInRefused, .signInBusy, .sessionExpired, .secretTooWeak, .secretChangeRequired,
            .operatorLockedOut, .operatorSuspended, .operatorUnknown, .operatorExists, .operatorsNone,
            .supervisorRequired, .coSignatureMissing, .coSignatureRefused, .shiftNone, .shiftOpen, .shiftUnknown,
            .readOfAnother, .stationLocked:
            .people(self)
        case .stationStopping:
            FailureText(
                .station, retryable: true,
                "Dịch vụ đang dừng", "The service is stopping",
                "Chờ dịch vụ khởi động lại", "Wait for the restart")
        case .stationUnreachable:
            FailureText(
                .station, retryable: true,
                "Không kết nối được dịch vụ của trạm", "The station's service cannot be reached",
                "Quản trị viên: systemctl status intaked", "Administrator: systemctl status intaked")
        case .internalFault:
            FailureText(
                .station, retryable: false,
                "Lỗi phần mềm", "A software fault",
                "Báo nhà phát triển kèm mã và giờ", "Report it with this code and the time")
        }
    }
}
