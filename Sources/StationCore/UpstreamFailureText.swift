/// The table's rows about the network, upstream and what travels there.
extension FailureText {
    static let networkUnreachable = FailureText(
        .network, .operator, retryable: true,
        what: ("Mất kết nối với cơ quan cấp trên", "Connection to upstream lost"),
        why: (
            "Không có sóng, chưa cắm cáp mạng, hoặc đường truyền bị ngắt",
            "There is no signal, no cable, or the line is down"
        ),
        remedy: ("Vẫn thu nhận được; kiểm tra mạng", "Intake goes on; check the network"))

    static let networkTimeout = FailureText(
        .network, .station, retryable: true,
        what: ("Cấp trên không trả lời kịp", "Upstream did not answer in time"),
        why: (
            "Mạng chậm hoặc chập chờn, hoặc cấp trên đang quá tải",
            "The network is slow or unsteady, or upstream is overloaded"
        ),
        remedy: ("Tự thử lại; không cần thao tác", "Retried automatically"))

    static let replyNotUpstream = FailureText(
        .network, .operator, retryable: true,
        what: ("Câu trả lời không phải của cấp trên", "The answer does not come from upstream"),
        why: (
            "Mạng đang dùng đòi đăng nhập, hoặc một máy trung gian trả lời thay",
            "The network in use asks for a sign-in, or something in between answers instead"
        ),
        remedy: ("Kiểm tra mạng (trang đăng nhập Wi-Fi?)", "Check the network (a captive portal?)"))

    static let serverCertificateInvalid = FailureText(
        .network, .administrator, retryable: true,
        what: ("Chứng thư máy chủ không phải của cấp trên", "The server's certificate is not upstream's"),
        why: (
            "Một máy trung gian chặn kết nối, hoặc chứng thư gốc của cấp trên đã đổi",
            "Something in between intercepts the connection, or upstream's root certificate has changed"
        ),
        remedy: ("Kiểm tra mạng; không gửi dữ liệu", "Check the network; nothing was sent"))

    static let upstreamRefusedStation = FailureText(
        .upstream, .administrator, retryable: false,
        what: ("Cấp trên từ chối trạm này", "Upstream refuses this station"),
        why: (
            "Trạm chưa được đăng ký, đã bị khóa, hoặc chứng thư bị thu hồi",
            "The station is not enrolled, is blocked, or its certificate was revoked"
        ),
        remedy: ("Quản trị viên: liên hệ cấp trên", "Administrator: contact upstream"))

    static let upstreamNotConfigured = FailureText(
        .input, .administrator, retryable: false, status: 422,
        what: ("Trạm chưa được cấu hình nơi nhận", "The station has no upstream configured"),
        why: ("Mục upstream trong station.yaml còn trống", "The section upstream of station.yaml is empty"),
        remedy: (
            "Quản trị viên điền mục upstream trong station.yaml",
            "The administrator fills in the upstream section of station.yaml"
        ))

    static let upstreamBusy = FailureText(
        .upstream, .station, retryable: true,
        what: ("Cấp trên đang bận", "Upstream is busy"),
        why: ("Cấp trên quá tải hoặc đang bảo trì", "Upstream is overloaded or under maintenance"),
        remedy: ("Tự thử lại", "Retried automatically"))

    static let transmissionPaused = FailureText(
        .station, .administrator, retryable: true,
        what: ("Quản trị viên đã tạm dừng truyền", "An administrator has paused the transmission"),
        why: ("Quản trị viên đã chạy intakectl pause", "An administrator has run intakectl pause"),
        remedy: (
            "Hồ sơ vẫn được nhận và lưu; quản trị viên truyền lại bằng intakectl resume",
            "Applications are still taken in and kept; an administrator lets them go with intakectl resume"
        ))

    static let transmissionPending = FailureText(
        .network, .station, retryable: true,
        what: ("Chờ truyền lại", "Waiting to be sent again"),
        why: (
            "Lần truyền trước bị ngắt trước khi cấp trên nhận hồ sơ này",
            "The last attempt broke off before upstream had taken this application"
        ),
        remedy: ("Tự thử lại; xem trạng thái kết nối", "Retried automatically; see the state of the connection"))

    static let transmissionQuietHours = FailureText(
        .network, .station, retryable: true,
        what: ("Đang trong giờ tạm nghỉ truyền", "Quiet hours: transmission rests"),
        why: (
            "Cấu hình của trạm không cho truyền vào giờ này",
            "The station's configuration lets nothing travel at this hour"
        ),
        remedy: (
            "Tự truyền khi hết giờ; cần gấp thì báo quản trị viên truyền ngay",
            "Sent when they end; if it is urgent, an administrator can send now"
        ))

    static let transmissionMetered = FailureText(
        .network, .operator, retryable: true,
        what: ("Mạng tính cước: chờ mạng khác", "A metered link: waiting for another"),
        why: (
            "Máy đang nối mạng di động hoặc mạng tính cước theo dung lượng",
            "The computer is on a mobile or otherwise metered link"
        ),
        remedy: (
            "Nối mạng không tính cước; cần gấp thì báo quản trị viên truyền ngay",
            "Connect a link that is not metered; if it is urgent, an administrator can send now"
        ))

    static let upstreamRejectedItem = FailureText(
        .upstream, .operator, retryable: false,
        what: ("Cơ quan cấp trên từ chối hồ sơ", "Upstream rejected the application"),
        why: (
            "Dữ liệu không khớp cơ sở dữ liệu của cấp trên, hoặc trái quy định của cấp trên",
            "The data contradicts upstream's records or upstream's rules"
        ),
        remedy: ("Xem lý do; bổ sung và gửi lại", "See the reason; correct and resend"))

    static let upstreamSchemaRefused = FailureText(
        .upstream, .administrator, retryable: false,
        what: ("Cấp trên không nhận định dạng này", "Upstream refuses this format"),
        why: ("Trạm và cấp trên dùng phiên bản khác nhau", "Station and upstream run versions that do not fit"),
        remedy: ("Quản trị viên: kiểm tra phiên bản", "Administrator: check the versions"))

    static let upstreamAnswerContradicts = FailureText(
        .upstream, .upstream, retryable: true,
        what: ("Cấp trên trả lời không khớp", "Upstream's answer does not match"),
        why: (
            "Biên nhận thiếu, sai chữ ký, hoặc trái với kết quả đi kèm",
            "A receipt is missing, wrongly signed, or contradicts its result"
        ),
        remedy: ("Tự hỏi lại; nếu kéo dài, báo cấp trên", "Asked again; if it stays, tell upstream"))

    static let itemQuarantined = FailureText(
        .station, .administrator, retryable: false,
        what: ("Hồ sơ bị cách ly", "The application is quarantined"),
        why: (
            "Nội dung lưu trên đĩa bị hỏng, hoặc cấp trên không đọc được hồ sơ này",
            "What is stored is damaged, or upstream cannot read this application"
        ),
        remedy: ("Quản trị viên: xem lý do", "Administrator: see the reason"))
}
