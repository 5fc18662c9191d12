/// The table's rows about reads that become applications, and their fields.
extension FailureText {
    static let readUnknown = FailureText(
        .input, .operator, retryable: false, status: 404,
        what: ("Không có lần đọc này", "There is no such read"),
        why: (
            "Lần đọc đã được lưu, bị bỏ, quá hạn, hoặc dịch vụ vừa khởi động lại",
            "The read was saved, discarded or timed out, or the service has restarted"
        ),
        remedy: ("Đọc lại thẻ", "Read the card again"))

    static let readUnfinished = FailureText(
        .input, .operator, retryable: true, status: 409,
        what: ("Chưa đọc xong thẻ", "The read is not finished"),
        why: (
            "Hồ sơ được lưu khi thẻ còn đang đọc hoặc đang tạm dừng",
            "The application was saved while the card was still being read or the read was suspended"
        ),
        remedy: ("Chờ đọc xong", "Wait for the read to finish"))

    static let readInUse = FailureText(
        .input, .operator, retryable: true, status: 409,
        what: ("Hồ sơ từ lần đọc này đang được lưu", "An application from this read is being saved"),
        why: (
            "Nút lưu được bấm hai lần, hoặc hai màn hình cùng lưu",
            "Save was pressed twice, or two screens save at once"
        ),
        remedy: ("Chờ kết quả của lần lưu trước", "Wait for the answer to the earlier save"))

    static let readPartial = FailureText(
        .input, .operator, retryable: false, status: 409,
        what: ("Lần đọc này chỉ lấy một phần dữ liệu của thẻ", "This read fetched only a part of the card"),
        why: (
            "Lần đọc chỉ nhằm xem nhanh, không lấy đủ các nhóm dữ liệu",
            "The read was a quick look and did not ask for every data group"
        ),
        remedy: ("Đọc lại toàn bộ thẻ rồi lưu hồ sơ", "Read the whole card again, then save"))

    static let numberInvalid = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Số định danh cá nhân không hợp lệ", "Invalid personal number"),
        why: ("Số nhập thiếu, thừa hoặc sai cấu trúc", "The number is too short, too long or wrongly built"),
        remedy: ("Nhập đủ 12 chữ số", "Enter all 12 digits"))

    static let phoneMissing = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Thiếu số điện thoại", "The phone number is missing"),
        why: ("Ô số điện thoại còn trống", "The phone number was left empty"),
        remedy: ("Hỏi số điện thoại chính chủ của công dân", "Ask for the citizen's own mobile number"))

    static let phoneInvalid = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Số điện thoại không hợp lệ", "Invalid phone number"),
        why: (
            "Nhập sai chữ số, hoặc không phải số di động Việt Nam",
            "A digit is wrong, or it is no Vietnamese mobile number"
        ),
        remedy: ("Đọc lại số điện thoại cho công dân xác nhận", "Read the number back to the citizen"))

    static let emailInvalid = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Thư điện tử không hợp lệ", "Invalid e-mail address"),
        why: ("Địa chỉ gõ thiếu hoặc thừa ký tự", "The address has a character too few or too many"),
        remedy: ("Sửa hoặc bỏ trống", "Correct it or leave it empty"))

    static let integrationUnknown = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Thông tin đề nghị tích hợp không có trong danh mục", "Unknown integration request"),
        why: ("Mục đã chọn không có trong danh sách của đợt này", "The choice is not on the list of this campaign"),
        remedy: ("Chọn trong danh mục", "Choose from the list"))

    static let consentMissing = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Chưa ghi nhận sự đồng ý của công dân", "Citizen's consent not recorded"),
        why: (
            "Chưa đọc nội dung đồng ý cho công dân, hoặc chưa ghi câu trả lời",
            "The text was not read to the citizen, or the answer was not recorded"
        ),
        remedy: ("Đọc nội dung đồng ý và ghi nhận câu trả lời", "Read the consent text and record the answer"))

    static let consentStale = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Nội dung đồng ý không phải bản đang dùng", "The consent text is not the current one"),
        why: (
            "Nội dung đồng ý đã được thay sau khi trang được mở",
            "The consent text was replaced after the page had been opened"
        ),
        remedy: ("Tải lại trang và đọc bản mới cho công dân", "Reload and read the current text to the citizen"))

    static let representativeMissing = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Thiếu người đại diện / người giám hộ", "The representative is missing"),
        why: (
            "Người chưa thành niên hoặc người được giám hộ phải có người đại diện",
            "A minor or a ward needs a representative"
        ),
        remedy: (
            "Ghi người đại diện có mặt và số điện thoại của họ",
            "Record the representative who is present, with their phone"
        ))

    static let witnessMissing = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Thiếu người làm chứng", "The witness is missing"),
        why: (
            "Sự đồng ý được ghi là có người làm chứng nhưng không ghi người đó, hoặc ngược lại",
            "The answer is marked as witnessed without a witness, or a witness stands beside another confirmation"
        ),
        remedy: ("Ghi họ tên người làm chứng", "Enter the witness's full name"))

    static let matchReasonMissing = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Thiếu lý do không lấy được", "The reason why nothing could be compared is missing"),
        why: (
            "Khuôn mặt hoặc vân tay được ghi là không lấy được mà không ghi lý do",
            "Face or fingerprint is marked as not obtainable without a reason"
        ),
        remedy: ("Ghi lý do, ví dụ vân tay mòn", "Enter the reason, such as worn fingerprints"))

    static let manualEntryRefused = FailureText(
        .permission, .administrator, retryable: false, status: 409,
        what: ("Trạm không nhận hồ sơ nhập tay", "This station takes no application that was typed by hand"),
        why: (
            "Quản trị viên đã tắt việc nhập tay trong cấu hình (card.manualEntry)",
            "The administrator has switched it off in the configuration (card.manualEntry)"
        ),
        remedy: (
            "Thử đầu đọc khác, hoặc hướng dẫn công dân đổi thẻ",
            "Try another reader, or have the citizen renew the card"
        ))

    static let attachmentInvalid = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Ảnh đính kèm không dùng được", "An attachment cannot be used"),
        why: (
            "Ảnh không phải JPEG, hoặc quá lớn, hoặc có quá nhiều ảnh",
            "It is no JPEG picture, it is too large, or there are too many"
        ),
        remedy: ("Chụp lại ảnh", "Take the picture again"))

    static let representativeInvalid = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Thông tin người đại diện không hợp lệ", "The representative's data is invalid"),
        why: (
            "Số định danh, họ tên hoặc quan hệ của người đại diện bị nhập sai",
            "The representative's number, name or relationship was mistyped"
        ),
        remedy: ("Kiểm tra số định danh, họ tên và quan hệ", "Check number, name and relationship"))

    static let ageBelowMinimum = FailureText(
        .input, .citizen, retryable: false, status: 422,
        what: ("Chưa đủ tuổi theo quy định", "Below the required age"),
        why: (
            "Tính đến hôm nay công dân chưa đủ tuổi tối thiểu", "As of today the citizen is younger than the minimum"
        ),
        remedy: ("Hẹn lại khi đủ tuổi theo quy định", "Ask to come back at the required age"))

    static let ageUndetermined = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Chưa xác định được tuổi", "The age cannot be determined"),
        why: (
            "Thẻ chỉ ghi năm hoặc tháng sinh, hoặc tuổi xác nhận không khớp thẻ",
            "The card gives only a year or month of birth, or the age confirmed does not fit the card"
        ),
        remedy: ("Xác nhận tuổi và ghi lý do", "Confirm the age and record the reason"))

    static let cardExpired = FailureText(
        .card, .citizen, retryable: false, status: 422,
        what: ("Thẻ đã hết hạn", "The card has expired"),
        why: ("Ngày hết hạn ghi trên thẻ đã qua", "The last day of validity on the card has passed"),
        remedy: ("Hướng dẫn công dân đổi thẻ", "Tell the citizen to renew the card"))

    static let clockConfirmationMissing = FailureText(
        .clock, .operator, retryable: false, status: 422,
        what: ("Đồng hồ chưa tin cậy, cần xác nhận ngày", "The clock is not trusted; the date must be confirmed"),
        why: (
            "Đồng hồ của máy chưa được đồng bộ nên trạm không tự tính tuổi và hạn thẻ",
            "The computer's clock is not synchronised, so the station does not judge ages and expiry by itself"
        ),
        remedy: ("Xác nhận ngày hôm nay rồi lưu lại", "Confirm today's date, then save again"))

    static let cardNotVerified = FailureText(
        .card, .supervisor, retryable: false, status: 422,
        what: ("Thẻ chưa được xác thực đầy đủ theo chính sách", "The card is not verified as the policy requires"),
        why: (
            "Thiếu chứng thư gốc, có phần chưa đọc được, hoặc hồ sơ được nhập tay",
            "A root certificate is missing, a part could not be read, or the data was entered by hand"
        ),
        remedy: (
            "Đọc lại thẻ; nếu vẫn vậy, báo người phụ trách", "Read the card again; if it stays, inform the supervisor"
        ))

    static let duplicateToday = FailureText(
        .input, .operator, retryable: false, status: 409,
        what: (
            "Hồ sơ trùng: công dân đã nộp hồ sơ tại trạm này",
            "Duplicate: this station has taken an application of the citizen"
        ),
        why: (
            "Công dân đã nộp hôm nay ở bàn khác hoặc giờ khác, hoặc đã nộp hôm trước và hồ sơ đó còn giá trị",
            "The citizen was taken in today at another desk or hour, or on an earlier day and that application still stands"
        ),
        remedy: (
            "Kiểm tra hồ sơ trước; nếu vẫn cần, ghi lý do",
            "Check the earlier application; if still needed, give a reason"
        ))

    static let phoneReused = FailureText(
        .input, .operator, retryable: false, status: 409,
        what: ("Số điện thoại đã dùng cho hồ sơ khác", "Phone number already used in another application"),
        why: (
            "Người trong gia đình dùng chung số, hoặc số bị nhập nhầm", "A family shares the number, or it was mistyped"
        ),
        remedy: ("Xác nhận với công dân; nếu đúng, ghi lý do", "Confirm with the citizen; if right, give a reason"))

    static let fieldMissing = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Thiếu thông tin bắt buộc", "A required field is missing"),
        why: ("Một ô bắt buộc còn trống", "A required field was left empty"),
        remedy: ("Bổ sung thông tin", "Fill it in"))

    static let fieldTooLong = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Thông tin quá dài", "The field is too long"),
        why: ("Nội dung nhập dài hơn mức cho phép", "The entry is longer than allowed"),
        remedy: ("Rút gọn thông tin", "Shorten it"))

    static let fieldInvalid = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Thông tin không hợp lệ", "The field is invalid"),
        why: (
            "Nội dung nhập sai kiểu hoặc có ký tự không được dùng",
            "The entry is of the wrong form or has a character that may not be used"
        ),
        remedy: ("Sửa thông tin", "Correct it"))

    static let applicationInvalid = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Hồ sơ chưa hợp lệ", "The application is not valid"),
        why: ("Một hay nhiều mục của hồ sơ chưa đúng quy định", "One or more fields do not follow the rules"),
        remedy: ("Sửa các mục được đánh dấu", "Correct the marked fields"))

    static let applicationUnknown = FailureText(
        .input, .operator, retryable: false, status: 404,
        what: ("Không có hồ sơ này", "There is no such application"),
        why: (
            "Mã bị gõ sai, hoặc hồ sơ đã bị xóa theo thời hạn lưu trữ",
            "The id was mistyped, or the application was deleted under the retention period"
        ),
        remedy: ("Kiểm tra lại mã hồ sơ", "Check the application id"))

    static let applicationSuperseded = FailureText(
        .input, .operator, retryable: false, status: 409,
        what: ("Hồ sơ đã được thay bằng hồ sơ mới hơn", "A later revision has taken this application's place"),
        why: ("Hồ sơ này đã được bổ sung một lần", "The application was already corrected once"),
        remedy: ("Bổ sung vào hồ sơ mới nhất", "Correct the newest revision"))

    static let citizenDiffers = FailureText(
        .input, .operator, retryable: false, status: 409,
        what: (
            "Thẻ này của người khác, không thay được hồ sơ đã chọn",
            "This card is another citizen's: it cannot take that application's place"
        ),
        why: (
            "Hồ sơ đã chọn để làm lại mang số định danh khác với thẻ vừa đọc",
            "The application to be replaced has another personal number than the card that was read"
        ),
        remedy: (
            "Đặt đúng thẻ của công dân đó; hoặc bỏ việc thay hồ sơ rồi lập hồ sơ mới",
            "Lay that citizen's own card; or give up the replacing and take this citizen in anew"
        ))

    static let transitionRefused = FailureText(
        .input, .operator, retryable: false, status: 409,
        what: (
            "Không thể làm việc này ở trạng thái hiện tại của hồ sơ",
            "The application's present state does not allow this"
        ),
        why: (
            "Hồ sơ đã được truyền, đã xong, hoặc người khác vừa đổi trạng thái",
            "The application was sent, is finished, or somebody else has just changed it"
        ),
        remedy: (
            "Xem trạng thái hồ sơ rồi chọn thao tác khác", "Look at the application's state, then choose another action"
        ))

    static let reasonUnknown = FailureText(
        .input, .operator, retryable: false, status: 422,
        what: ("Chưa chọn lý do", "No known reason is given"),
        why: (
            "Thao tác này phải có lý do mà lý do còn trống hoặc lạ",
            "The action needs a reason, and the one given is empty or unknown"
        ),
        remedy: ("Chọn một lý do trong danh sách", "Choose a reason from the list"))
}
