/// The table's rows about the network, upstream and what travels there.
extension FailureText {
    static func upstream(_ code: FailureCode) -> FailureText {
        switch code {
        case .networkUnreachable:
            FailureText(
                .network, retryable: true,
                "Mất kết nối với cơ quan cấp trên", "Connection to upstream lost",
                "Vẫn thu nhận được; kiểm tra mạng", "Intake goes on; check the network")
        case .networkTimeout:
            FailureText(
                .network, retryable: true,
                "Cấp trên không trả lời kịp", "Upstream did not answer in time",
                "Tự thử lại; không cần thao tác", "Retried automatically")
        case .replyNotUpstream:
            FailureText(
                .network, retryable: true,
                "Câu trả lời không phải của cấp trên", "The answer does not come from upstream",
                "Kiểm tra mạng (trang đăng nhập Wi-Fi?)", "Check the network (a captive portal?)")
        case .serverCertificateInvalid:
            FailureText(
                .network, retryable: true,
                "Chứng thư máy chủ không phải của cấp trên", "The server's certificate is not upstream's",
                "Kiểm tra mạng; không gửi dữ liệu", "Check the network; nothing was sent")
        case .upstreamRefusedStation:
            FailureText(
                .upstream, retryable: false,
                "Cấp trên từ chối trạm này", "Upstream refuses this station",
                "Quản trị viên: liên hệ cấp trên", "Administrator: contact upstream")
        case .upstreamNotConfigured:
            FailureText(
                .input, retryable: false,
                "Trạm chưa được cấu hình nơi nhận", "The station has no upstream configured",
                "Quản trị viên điền mục upstream trong station.yaml",
                "The administrator fills in the upstream section of station.yaml")
        case .upstreamBusy:
            FailureText(
                .upstream, retryable: true,
                "Cấp trên đang bận", "Upstream is busy",
                "Tự thử lại", "Retried automatically")
        case .transmissionPaused:
            FailureText(
                .station, retryable: true,
                "Quản trị viên đã tạm dừng truyền", "An administrator has paused the transmission",
                "Hồ sơ vẫn được nhận và lưu; quản trị viên truyền lại bằng intakectl resume",
                "Applications are still taken in and kept; an administrator lets them go with intakectl resume")
        case .transmissionPending:
            FailureText(
                .network, retryable: true,
                "Chờ truyền lại", "Waiting to be sent again",
                "Tự thử lại; xem trạng thái kết nối", "Retried automatically; see the state of the connection")
        case .upstreamRejectedItem:
            FailureText(
                .upstream, retryable: false,
                "Cơ quan cấp trên từ chối hồ sơ", "Upstream rejected the application",
                "Xem lý do; bổ sung và gửi lại", "See the reason; correct and resend")
        case .upstreamSchemaRefused:
            FailureText(
                .upstream, retryable: false,
                "Cấp trên không nhận định dạng này", "Upstream refuses this format",
                "Quản trị viên: kiểm tra phiên bản", "Administrator: check the versions")
        case .upstreamAnswerContradicts:
            FailureText(
                .upstream, retryable: true,
                "Cấp trên trả lời không khớp", "Upstream's answer does not match",
                "Tự hỏi lại; nếu kéo dài, báo cấp trên", "Asked again; if it stays, tell upstream")
        default:
            FailureText(
                .station, retryable: false,
                "Hồ sơ bị cách ly", "The application is quarantined",
                "Quản trị viên: xem lý do", "Administrator: see the reason")
        }
    }
}
