/// The table's rows about cards and what opens them.
extension FailureText {
    static let cardNone = FailureText(
        .card, .operator, retryable: true, status: 422,
        what: ("Không nhận được thẻ, hãy đặt lại thẻ", "Card not detected, place it again"),
        why: (
            "Thẻ chưa nằm trên đầu đọc, đặt lệch hoặc còn trong bao",
            "No card lies on the reader, or it lies askew or in its sleeve"
        ),
        remedy: ("Đặt thẻ lên đầu đọc và giữ yên", "Place the card on the reader and hold it still"))

    static let cardRemoved = FailureText(
        .card, .operator, retryable: true, status: 422,
        what: ("Thẻ bị rút ra khi đang đọc", "Card removed while reading"),
        why: (
            "Thẻ bị nhấc lên hoặc xê dịch trước khi đọc xong", "The card was lifted or moved before the read had ended"
        ),
        remedy: ("Đặt lại thẻ và giữ yên", "Place the card again and hold it still"))

    static let cardOther = FailureText(
        .card, .operator, retryable: true, status: 422,
        what: ("Thẻ vừa đặt lại không phải thẻ đang đọc", "The card put back is not the one that was being read"),
        why: (
            "Thẻ của người khác được đặt lên khi lần đọc đang tạm dừng",
            "Somebody else's card was put down while the read was suspended"
        ),
        remedy: ("Đọc lại từ đầu với thẻ của công dân này", "Start again with this citizen's card"))

    static let cardMute = FailureText(
        .card, .operator, retryable: true, status: 422,
        what: ("Thẻ không trả lời", "The card does not answer"),
        why: (
            "Thẻ đặt lệch, có vật kim loại ở gần, hoặc chip hỏng",
            "The card lies askew, metal is near, or the chip is broken"
        ),
        remedy: ("Nhấc thẻ ra và đặt lại", "Lift the card and place it again"))

    static let cardNotDocument = FailureText(
        .card, .operator, retryable: false, status: 422,
        what: ("Thẻ không phải CCCD/căn cước gắn chip", "Not a chip-based ID card"),
        why: (
            "Thẻ đang đặt là thẻ ngân hàng, thẻ xe hoặc thẻ khác",
            "A bank card, a bus card or some other card was put down"
        ),
        remedy: ("Dùng thẻ CCCD hoặc căn cước có gắn chip", "Use a chip-based citizen card"))

    static let cardWrongCredential = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Số không mở được chip của thẻ này", "The number does not open this card's chip"),
        why: ("Số nhập sai, hoặc là số của thẻ khác", "The number was mistyped or belongs to another card"),
        remedy: ("Kiểm tra lại số trên thẻ rồi nhập lại", "Check the number on the card and enter it again"))

    static let cardAccessRefused = FailureText(
        .card, .operator, retryable: true, status: 422,
        what: ("Thẻ từ chối mở chip", "The card refused access"),
        why: (
            "Chip tạm khóa sau nhiều lần nhập sai, hoặc sóng yếu",
            "The chip holds back after wrong numbers, or the field is weak"
        ),
        remedy: ("Nhấc thẻ ra, đặt lại và thử lần nữa", "Lift the card, place it again and retry"))

    static let cardSessionBroken = FailureText(
        .card, .operator, retryable: true, status: 422,
        what: ("Phiên đọc với thẻ bị hỏng", "The secured session with the card broke"),
        why: (
            "Thẻ xê dịch trên đầu đọc, hoặc đường truyền bị nhiễu",
            "The card moved on the reader, or the transmission was disturbed"
        ),
        remedy: ("Nhấc thẻ ra, đặt lại và đọc từ đầu", "Lift the card, place it again and read from the start"))

    static let cardProtocolError = FailureText(
        .card, .operator, retryable: true, status: 422,
        what: ("Chip trả lời sai quy cách", "The chip answered against the standard"),
        why: (
            "Đường truyền bị nhiễu, hoặc chip làm không đúng chuẩn",
            "The transmission was disturbed, or the chip does not follow the standard"
        ),
        remedy: ("Thử lại; nếu vẫn lỗi, báo quản trị viên", "Retry; if it stays, tell the administrator"))

    static let cardDataMalformed = FailureText(
        .card, .supervisor, retryable: false, status: 422,
        what: ("Dữ liệu trên chip sai quy cách", "Data on the chip is malformed"),
        why: (
            "Thẻ bị lỗi khi phát hành, bị hỏng, hoặc bị can thiệp",
            "The card was issued with a fault, is damaged, or was tampered with"
        ),
        remedy: (
            "Không nhận hồ sơ từ thẻ này; báo người phụ trách",
            "Do not take an application from this card; inform the supervisor"
        ))

    static let cardDataTooLarge = FailureText(
        .card, .supervisor, retryable: false, status: 422,
        what: ("Dữ liệu trên chip vượt giới hạn", "Data on the chip exceeds the limits"),
        why: ("Thẻ bị lỗi khi phát hành, hoặc bị can thiệp", "The card was issued with a fault or was tampered with"),
        remedy: (
            "Không nhận hồ sơ từ thẻ này; báo người phụ trách",
            "Do not take an application from this card; inform the supervisor"
        ))

    static let cardForged = FailureText(
        .card, .supervisor, retryable: false, status: 422,
        what: ("Không xác thực được thẻ", "The card failed authentication"),
        why: (
            "Chữ ký số hoặc bằng chứng của chip không khớp: thẻ giả, bị sửa hoặc bị sao chép",
            "The digital signature or the chip's proof does not hold: the card is forged, altered or copied"
        ),
        remedy: ("Không nhận hồ sơ; báo người phụ trách", "Take no application; inform the supervisor"))

    static let cardReadTimeout = FailureText(
        .card, .operator, retryable: true, status: 422,
        what: ("Đọc thẻ quá lâu", "Reading took too long"),
        why: ("Tiếp xúc kém làm đường truyền chậm", "A bad contact slows the transmission down"),
        remedy: (
            "Đặt lại thẻ; nếu vẫn chậm, đổi đầu đọc", "Place the card again; if it stays slow, try another reader"
        ))

    static let cardUnsupported = FailureText(
        .card, .administrator, retryable: false, status: 422,
        what: ("Chip dùng giao thức chưa được hỗ trợ", "The chip uses an unsupported protocol"),
        why: (
            "Thẻ thuộc loạt phát hành mà phiên bản phần mềm này chưa biết",
            "The card belongs to a series that this version of the software does not know"
        ),
        remedy: ("Báo quản trị viên kèm mã lỗi", "Tell the administrator, with this code"))

    static let cardForeign = FailureText(
        .card, .citizen, retryable: false, status: 422,
        what: ("Giấy tờ của người nước ngoài", "A foreign document"),
        why: (
            "Giấy tờ do nước khác cấp, hoặc người có tên không phải công dân Việt Nam",
            "Another state issued the document, or its holder is not a citizen of Viet Nam"
        ),
        remedy: ("Hướng dẫn đến cơ quan quản lý xuất nhập cảnh", "Direct the person to the immigration authority"))

    static let idCardOld = FailureText(
        .card, .citizen, retryable: false, status: 422,
        what: (
            "Chứng minh nhân dân 9 số: không có chip, đã hết giá trị sử dụng",
            "An old nine-digit identity card: no chip, and no longer valid"
        ),
        why: (
            "Công dân đưa chứng minh nhân dân cũ thay cho thẻ căn cước",
            "The citizen handed over the old identity card instead of the chip card"
        ),
        remedy: (
            "Dùng thẻ căn cước gắn chip; nếu công dân chưa có, hướng dẫn làm thẻ",
            "Use the chip card; if the citizen has none, direct them to have one issued"
        ))

    static let healthInsuranceCard = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Đây là mã của thẻ bảo hiểm y tế", "This is the code of a health insurance card"),
        why: (
            "Mã QR vừa quét nằm trên thẻ bảo hiểm y tế, không phải thẻ căn cước",
            "The QR code that was scanned is on the health insurance card, not on the chip card"
        ),
        remedy: ("Quét mã QR trên thẻ căn cước gắn chip", "Scan the QR code of the chip card"))

    static let credentialInvalid = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Thông tin mở chip không hợp lệ", "The credential to open the chip is invalid"),
        why: (
            "Thiếu chữ số, thừa chữ số, hoặc quét nhầm mã",
            "Digits are missing or too many, or a wrong code was scanned"
        ),
        remedy: (
            "Nhập đủ 12 số định danh, 6 số CAN hoặc dòng MRZ", "Enter the 12-digit number, the 6-digit CAN or the MRZ"
        ))

    static let portraitUndecodable = FailureText(
        .card, .operator, retryable: false, status: 422,
        what: ("Không giải mã được ảnh trên chip", "The portrait on the chip cannot be decoded"),
        why: (
            "Tệp ảnh trên chip bị hỏng hoặc thuộc định dạng lạ",
            "The image on the chip is damaged or of an unknown format"
        ),
        remedy: ("Đối chiếu bằng ảnh in trên thẻ", "Compare with the portrait printed on the card"))

    static let portraitAbsent = FailureText(
        .card, .operator, retryable: false, status: 404,
        what: ("Chip không có ảnh chân dung", "The chip holds no portrait"),
        why: (
            "Thẻ được phát hành không kèm ảnh, hoặc lần đọc không lấy ảnh",
            "The card was issued without one, or the read did not fetch it"
        ),
        remedy: ("Đối chiếu bằng cách khác theo quy định", "Compare by other means as the rules say"))
}
