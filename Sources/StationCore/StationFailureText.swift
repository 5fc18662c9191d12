/// The table's rows about the station itself: disk, spool, clock, configuration.
extension FailureText {
    static let diskFull = FailureText(
        .disk, .administrator, retryable: true, status: 507,
        what: (
            "Đĩa còn chỗ cho chưa đến \(Limits.Store.refusalApplications) hồ sơ, ngừng nhận hồ sơ mới",
            "The disk has room for fewer than \(Limits.Store.refusalApplications) applications, new intake stopped"
        ),
        why: (
            "Đĩa đầy vì hồ sơ chờ truyền, nhật ký hoặc tệp khác",
            "Waiting applications, logs or other files have filled the disk"
        ),
        remedy: ("Giải phóng đĩa; hồ sơ đã lưu vẫn an toàn", "Free disk space; saved applications are safe"))

    static let diskLow = FailureText(
        .disk, .administrator, retryable: true,
        what: (
            "Đĩa chỉ còn chỗ cho không quá \(Limits.Store.warningApplications) hồ sơ",
            "The disk has room for no more than \(Limits.Store.warningApplications) applications"
        ),
        why: (
            "Hồ sơ chờ truyền, nhật ký hoặc tệp khác chiếm gần hết đĩa",
            "Waiting applications, logs or other files take up most of the disk"
        ),
        remedy: ("Quản trị viên: giải phóng đĩa", "Administrator: free disk space"))

    static let diskWriteFailed = FailureText(
        .disk, .administrator, retryable: false, status: 500,
        what: ("Ghi đĩa thất bại, hồ sơ chưa được lưu", "Writing to disk failed, the application is not saved"),
        why: ("Đĩa hỏng, bị rút ra hoặc chuyển sang chỉ đọc", "The disk is failing, was removed or became read-only"),
        remedy: ("Thay đĩa; dịch vụ đã dừng nhận", "Replace the disk; the service stopped taking in"))

    static let storeDamaged = FailureText(
        .disk, .administrator, retryable: false, status: 500,
        what: ("Dữ liệu hàng đợi bị hỏng", "The spool is damaged"),
        why: ("Đĩa hỏng, hoặc tệp bị sửa từ bên ngoài", "The disk is failing, or a file was changed from outside"),
        remedy: ("Quản trị viên: chạy intakectl recover", "Administrator: run intakectl recover"))

    static let applicationsMissing = FailureText(
        .disk, .administrator, retryable: false,
        what: (
            "Có hồ sơ đã nhận mà trạm không còn bảo đảm được",
            "The station cannot vouch for some applications it took in"
        ),
        why: (
            "Kho dữ liệu bị hỏng hoặc được khôi phục từ bản cũ", "The spool was damaged, or put back from an older copy"
        ),
        remedy: (
            "Quản trị viên: hỏi cấp trên về các số thứ tự được nêu; hồ sơ nào không có thì tiếp nhận lại",
            "Administrator: ask upstream about the sequence numbers named; take in again what it does not have"
        ))

    static let storeNewer = FailureText(
        .disk, .administrator, retryable: false,
        what: ("Kho dữ liệu thuộc phiên bản mới hơn", "The spool belongs to a newer version"),
        why: ("Phần mềm bị hạ xuống phiên bản cũ hơn", "The software was put back to an older version"),
        remedy: ("Cài đúng phiên bản phần mềm", "Install the matching version"))

    static let storeUnsafe = FailureText(
        .disk, .administrator, retryable: false, status: 500,
        what: ("Cơ sở dữ liệu không chạy ở chế độ bền vững", "The database does not run in its durable mode"),
        why: (
            "Thư viện SQLite hoặc hệ tệp không bảo đảm ghi bền vững",
            "The SQLite library or the file system does not give durable writes"
        ),
        remedy: ("Báo nhà phát triển kèm mã lỗi", "Report to the developers with this code"))

    static let instanceRunning = FailureText(
        .station, .administrator, retryable: false,
        what: ("Một tiến trình intaked khác đang chạy", "Another intaked is running"),
        why: (
            "Dịch vụ đã chạy sẵn, hoặc được khởi động lần nữa bằng tay",
            "The service already runs, or was started once more by hand"
        ),
        remedy: ("Dừng tiến trình kia trước", "Stop the other one first"))

    static let portTaken = FailureText(
        .station, .administrator, retryable: true,
        what: ("Không mở được cổng mạng", "The network port cannot be opened"),
        why: (
            "Chương trình khác đang dùng cổng này, hoặc tài khoản không được mở cổng",
            "Another program uses this port, or the account may not open it"
        ),
        remedy: (
            "Quản trị viên: dừng chương trình kia, hoặc chọn cổng khác bằng --port",
            "Administrator: stop the other program, or choose another port with --port"
        ))

    static let configurationInvalid = FailureText(
        .station, .administrator, retryable: false,
        what: ("Tệp cấu hình không hợp lệ", "The configuration is invalid"),
        why: (
            "Tệp cấu hình có mục viết sai, thừa hoặc thiếu, hoặc nêu thứ không có",
            "The file has a setting that is wrong, unknown or missing, or names something that is not there"
        ),
        remedy: (
            "Sửa mục được nêu rồi chạy intaked --check-config",
            "Correct the named setting, then run intaked --check-config"
        ))

    static let clockSuspect = FailureText(
        .clock, .operator, retryable: true,
        what: ("Đồng hồ của máy không đúng", "The computer's clock is wrong"),
        why: (
            "Pin đồng hồ của máy hết, hoặc đồng hồ lệch so với lần chạy trước",
            "The computer's clock battery is empty, or the clock contradicts what the station knows"
        ),
        remedy: ("Vẫn thu nhận được; chỉnh lại ngày giờ của máy", "Intake goes on; set the computer's date and time"))
}
