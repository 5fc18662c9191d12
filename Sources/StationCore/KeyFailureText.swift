/// The table's rows about keys, certificates and the files that carry them.
extension FailureText {
    static let trustFileInvalid = FailureText(
        .input, .administrator, retryable: false,
        what: (
            "Tệp không phải chứng thư gốc, danh sách chứng thư hay danh sách thu hồi dùng được",
            "The file is no usable root certificate, master list or revocation list"
        ),
        why: ("Tệp tải về bị hỏng, hoặc là loại tệp khác", "The file was damaged on its way or is of another kind"),
        remedy: (
            "Quản trị viên: lấy lại tệp từ nguồn phát hành rồi nhập lại",
            "Administrator: get the file again from its publisher and import it"
        ))

    static let trustSignerUnverified = FailureText(
        .input, .administrator, retryable: false,
        what: ("Chưa xác minh được bên ký danh sách chứng thư", "The signer of the master list is not verified"),
        why: (
            "Chứng thư gốc của bên ký chưa có trong kho của trạm",
            "The signer's root certificate is not in the station's store"
        ),
        remedy: (
            "Quản trị viên: nhập chứng thư gốc của bên ký trước, hoặc đối chiếu dấu vân tay rồi dùng --accept-signer",
            "Administrator: import the signer's root certificate first, or compare the fingerprint with the publisher and use --accept-signer"
        ))

    static let trustStoreDamaged = FailureText(
        .disk, .administrator, retryable: false,
        what: ("Kho chứng thư gốc bị hỏng", "The store of trusted certificates is damaged"),
        why: (
            "Đĩa hỏng, hoặc tệp trong kho bị sửa từ bên ngoài",
            "The disk is failing, or a file of the store was changed from outside"
        ),
        remedy: (
            "Quản trị viên: xóa tệp được nêu rồi nhập lại chứng thư",
            "Administrator: remove the named file and import the certificates again"
        ))

    static let auditFileInvalid = FailureText(
        .input, .administrator, retryable: false,
        what: ("Tệp nhật ký không đọc được", "The audit file cannot be read"),
        why: (
            "Tệp bị cắt, bị sửa, hoặc không phải bản xuất nhật ký",
            "The file was cut short or changed, or is no exported audit"
        ),
        remedy: ("Xuất lại bằng intakectl audit export", "Export it again with intakectl audit export"))

    static let credentialMissing = FailureText(
        .key, .administrator, retryable: false,
        what: ("Thiếu khóa hoặc chứng thư của trạm", "A key or certificate of the station is missing"),
        why: (
            "Khóa chưa được cấp cho trạm, hoặc systemd không trao khóa cho dịch vụ",
            "The key was never provided, or systemd does not hand it to the service"
        ),
        remedy: ("Quản trị viên: cấp lại khóa cho trạm", "Administrator: provide the station's credentials"))

    static let keyInvalid = FailureText(
        .key, .administrator, retryable: false, status: 422,
        what: ("Khóa không dùng được", "A key cannot be used"),
        why: (
            "Tệp khóa bị hỏng, sai định dạng, hoặc là khóa của trạm khác",
            "The key file is damaged, of a wrong format, or another station's"
        ),
        remedy: ("Quản trị viên: cấp lại khóa", "Administrator: provide the key again"))

    static let recipientKeyMissing = FailureText(
        .key, .operator, retryable: true, status: 503,
        what: ("Chưa có khóa của cấp trên để niêm phong hồ sơ", "There is no upstream key to seal to"),
        why: ("Trạm chưa lần nào tải được khóa của cấp trên", "The station has never yet fetched upstream's key"),
        remedy: ("Kết nối mạng một lần để tải khóa", "Connect to the network once to fetch the key"))

    static let sealingKeyExpiring = FailureText(
        .key, .operator, retryable: true,
        what: ("Khóa niêm phong của cấp trên sắp hết hạn", "Upstream's sealing key ends soon"),
        why: (
            "Trạm ngoại tuyến đã lâu, hoặc cấp trên chưa phát hành khóa mới",
            "The station has long been offline, or upstream has not published the next key"
        ),
        remedy: (
            "Kết nối mạng để tải khóa mới; báo cấp trên nếu chưa có khóa mới",
            "Connect to the network to fetch the next key; tell upstream if there is none"
        ))

    static let sealingKeyExpired = FailureText(
        .key, .operator, retryable: true,
        what: ("Khóa niêm phong của cấp trên đã hết hạn", "Upstream's sealing key has ended"),
        why: (
            "Trạm ngoại tuyến đã lâu nên chưa tải được khóa mới",
            "The station has long been offline and has not fetched the next key"
        ),
        remedy: (
            "Vẫn thu nhận được, có ghi chú; kết nối mạng để tải khóa mới",
            "Intake goes on, remarked; connect to the network to fetch the next key"
        ))

    static let clientCertificateExpired = FailureText(
        .key, .administrator, retryable: false,
        what: ("Chứng thư kết nối đã hết hạn", "The connection certificate has expired"),
        why: ("Chứng thư của trạm không được gia hạn kịp", "The station's certificate was not renewed in time"),
        remedy: ("Quản trị viên: gia hạn chứng thư", "Administrator: renew the certificate"))

    static let clientCertificateExpiring = FailureText(
        .key, .administrator, retryable: false,
        what: ("Chứng thư kết nối sắp hết hạn", "The connection certificate ends soon"),
        why: ("Chứng thư của trạm sắp đến ngày cuối", "The station's certificate comes near its last day"),
        remedy: (
            "Quản trị viên: gia hạn chứng thư, rồi systemctl reload intaked",
            "Administrator: renew the certificate, then systemctl reload intaked"
        ))
}
