// Every word of the page, Vietnamese and English; the words of one view may stand in a file of their own. Texts of problems
// come from the station in both languages.

import { DESK } from "./strings-desk.js";
import { VIEWS } from "./strings-views.js";

const TEXT = {
  ...DESK,
  ...VIEWS,

  title: ["Trạm tiếp nhận", "Intake station"],
  desk: ["Bàn tiếp nhận", "Desk"],
  stationState: ["Tình trạng trạm", "State of the station"],
  progress: ["Tiến độ đọc thẻ", "Progress of the read"],
  checks: ["Kiểm tra thẻ", "Checks of the card"],
  problems: ["Cần xử lý", "Needs attention"],
  uplink: ["Truyền về cấp trên", "Transmission to upstream"],
  queue: ["Hồ sơ", "Applications"],

  connecting: ["Đang kết nối với trạm...", "Connecting to the station..."],
  connectingNote: ["Trang sẽ tự hoạt động lại khi có kết nối", "The page goes on by itself once connected"],
  serviceDown: ["Dịch vụ đầu đọc thẻ không chạy", "The card service is not running"],
  serviceDownNote: ["Quản trị viên: kiểm tra pcscd", "Administrator: check pcscd"],
  noReader: ["Không tìm thấy đầu đọc thẻ", "No card reader found"],
  noReaderNote: ["Cắm đầu đọc thẻ vào máy; nếu đã cắm, hãy đổi cổng USB", "Plug in a card reader; if one is plugged in, try another USB port"],
  place: ["Đặt thẻ lên đầu đọc", "Place the card on the reader"],
  placeNote: ["Thẻ căn cước công dân hoặc căn cước có gắn chip", "A citizen identity card with a chip"],
  cardPresent: ["Đã nhận thẻ", "Card detected"],
  cardPresentNote: ["Quét mã QR hoặc nhập số thẻ để mở chip", "Scan the QR code or enter the card's number to open the chip"],
  mute: ["Không nhận được thẻ, hãy đặt lại thẻ", "Card not detected, place it again"],
  muteNote: ["Nhấc thẻ ra, đặt lại và giữ yên", "Lift the card, place it again and hold it still"],
  reading: ["Giữ yên thẻ, đang đọc...", "Hold the card still, reading..."],
  torn: ["Thẻ bị rút ra khi đang đọc", "Card removed while reading"],
  tornNote: ["Đặt lại thẻ và giữ yên", "Place the card again and hold it still"],
  unreadable: ["Không đọc được chip", "Chip cannot be read"],
  unreadableNote: ["Nhấc thẻ ra, đặt lại và đọc từ đầu", "Lift the card, place it again and read from the start"],
  saved: ["Hồ sơ đã lưu, chờ truyền", "Saved, waiting to transmit"],
  giveBack: ["Lấy thẻ ra và trả lại công dân", "Remove the card and give it back to the citizen"],
  expired: ["Thẻ đã hết hạn ngày {date}", "Card expired on {date}"],
  expiredNote: ["Hướng dẫn công dân đổi thẻ", "Tell the citizen to renew the card"],

  signInTitle: ["Đăng nhập", "Sign in"],
  signInNote: ["Nhập tên và mật khẩu của chính mình", "Enter your own name and password"],
  operatorName: ["Tên đăng nhập", "Sign-in name"],
  secret: ["Mật khẩu hoặc mã PIN", "Password or PIN"],
  showSecret: ["Hiện mật khẩu", "Show the password"],
  signIn: ["Đăng nhập", "Sign in"],
  signOut: ["Đăng xuất", "Sign out"],
  signedOut: ["Đã đăng xuất.", "Signed out."],
  sessionOver: ["Đã đăng xuất, hoặc phiên làm việc đã hết hạn. Hãy đăng nhập lại.", "Signed out, or the session has expired. Sign in again."],
  idleLocked: ["Màn hình đã khóa vì không có thao tác. Đăng nhập để làm việc tiếp.", "The screen was locked because nothing was done. Sign in to go on."],
  idleSoon: ["Màn hình sẽ khóa sau {count} giây. Nhấn một phím để làm việc tiếp.", "The screen locks in {count} s. Press a key to go on."],
  capsLock: ["Phím Caps Lock đang bật.", "Caps Lock is on."],
  nothingTyped: ["Chưa nhập: {field}.", "Not entered: {field}."],
  noAnswer: ["Trạm chưa trả lời. Chờ một lát rồi làm lại.", "The station has not answered. Wait a moment and try again."],
  working: ["Đang thực hiện...", "Working..."],

  ownSecretTitle: ["Đặt mật khẩu của riêng mình", "Set a password of your own"],
  ownSecretNote: ["Mật khẩu tạm chỉ dùng một lần. Đặt mật khẩu mới, không cho ai biết.", "The temporary password is used once. Set your own and tell it to nobody."],
  oldSecret: ["Mật khẩu tạm đang dùng", "The temporary password"],
  newSecret: ["Mật khẩu hoặc PIN mới", "New password or PIN"],
  newAgain: ["Nhập lại mật khẩu mới", "The new one once more"],
  secretRule: ["Ít nhất 12 ký tự; nếu trạm dùng mã PIN thì ít nhất 6 số. Không lặp một ký tự, không theo thứ tự như 123456.", "At least 12 characters; 6 digits where the station takes a PIN. Neither one character repeated nor a sequence such as 123456."],
  setSecret: ["Lưu mật khẩu mới", "Save the new password"],
  notTheSame: ["Hai lần nhập mật khẩu mới không giống nhau. Nhập lại.", "The new password was entered in two ways. Enter it again."],

  openShiftTitle: ["Mở phiên thu nhận", "Open an intake session"],
  openShiftNote: ["Ghi tổ và điểm thu nhận hôm nay, rồi bấm nút bên dưới", "Enter today's team and intake point, then press the button below"],
  team: ["Tổ thu nhận", "Team"],
  point: ["Điểm thu nhận", "Intake point"],
  kind: ["Hình thức", "Kind"],
  "kind.fixed": ["Cố định", "Fixed"],
  "kind.mobile": ["Lưu động", "Mobile"],
  openShift: ["Mở phiên", "Open the session"],

  closeShift: ["Đóng phiên", "Close the session"],
  closingTitle: ["Đóng phiên thu nhận?", "Close the intake session?"],
  closingNote: ["Sau khi đóng, muốn nhận thêm hồ sơ phải mở phiên mới.", "Once closed, a new one has to be opened to take in more."],
  closeNow: ["Đóng phiên", "Close it"],
  keepOpen: ["Chưa đóng, làm việc tiếp", "Keep it open"],
  closedTitle: ["Đã đóng phiên thu nhận", "The intake session is closed"],
  closeDone: ["Xong", "Done"],
  "figure.taken": ["Đã thu nhận", "Taken in"],
  "figure.transmitted": ["Đã truyền", "Transmitted"],
  "figure.accepted": ["Được tiếp nhận", "Accepted"],
  "figure.rejected": ["Bị từ chối", "Rejected"],
  "figure.waiting": ["Đang chờ", "Waiting"],
  "figure.setAside": ["Đã hủy, đóng hoặc cần xử lý", "Cancelled, closed or set aside"],
  figuresAsOf: ["Số liệu lúc {time}.", "Figures of {time}."],
  figuresProvisional: ["Số liệu lúc {time}, còn có thể thay đổi.", "Figures of {time}; they may still change."],

  who: ["Cán bộ: {name}", "Operator: {name}"],
  whoSupervisor: ["Người phụ trách: {name}", "Supervisor: {name}"],
  inShift: ["Phiên {number}: {team}, {point} ({kind})", "Session {number}: {team}, {point} ({kind})"],
  noShift: ["Chưa mở phiên", "No session open"],
  unlocked: ["Trạm đã mở khóa", "Station unlocked"],
  locked: ["Trạm đang khóa", "Station locked"],
  lockedNote: ["Trạm đang khóa. Cán bộ đăng nhập và mở phiên để mở khóa; hồ sơ đã lưu vẫn được truyền.", "The station is locked. Sign in and open a session to unlock it; saved applications are still transmitted."],

  "verdict.passed": ["Đọc thẻ thành công", "Card read successfully"],
  "verdict.passedNote": ["Thẻ thật, dữ liệu còn nguyên vẹn. So ảnh trên chip với người trước mặt", "Genuine card, data intact. Compare the portrait with the person"],
  "verdict.failed": ["Thẻ không đạt kiểm tra", "The card failed a check"],
  "verdict.notDetermined": ["Đã đọc thẻ, chưa xác thực đầy đủ", "Card read, not fully verified"],
  passed: ["Đạt", "Passed"],
  failed: ["Không đạt", "Failed"],
  notDetermined: ["Chưa xác định", "Not determined"],

  "phase.opening": ["Đang nhận diện thẻ", "Recognising the card"],
  "phase.openingChip": ["Đang nhận diện thẻ", "Recognising the card"],
  "phase.provingAccess": ["Đang mở chip", "Opening the chip"],
  "phase.readingSecurityObject": ["Đang đọc chữ ký số", "Reading the digital signature"],
  "phase.provingChip": ["Đang kiểm tra chip thật", "Checking that the chip is genuine"],
  "phase.readingText": ["Đang đọc thông tin công dân", "Reading the citizen's data"],
  "phase.readingPortrait": ["Đang đọc ảnh", "Reading the portrait"],
  "phase.finished": ["Đang hoàn tất", "Finishing"],
  "suspended": ["Thẻ đã rời đầu đọc", "The card has left the reader"],
  "suspendedNote": ["Đặt lại đúng thẻ này trong 30 giây, việc đọc sẽ tiếp tục", "Put the same card back within 30 seconds; reading goes on"],
  "slow": ["Đọc chậm hơn bình thường. Giữ yên thẻ.", "Slower than usual. Hold the card still."],
  "phase.done": ["Đang hoàn tất", "Finishing"],
  "step.openingChip": ["Nhận thẻ", "Card"],
  "step.provingAccess": ["Mở chip", "Access"],
  "step.readingSecurityObject": ["Chữ ký", "Signature"],
  "step.provingChip": ["Chip thật", "Chip"],
  "step.readingText": ["Thông tin", "Data"],
  "step.readingPortrait": ["Ảnh", "Portrait"],

  birth: ["Ngày, tháng, năm sinh", "Date of birth"],
  age: ["{age} tuổi", "age {age}"],
  sex: ["Giới tính", "Sex"],
  male: ["Nam", "Male"],
  female: ["Nữ", "Female"],
  nationality: ["Quốc tịch", "Nationality"],
  residence: ["Nơi thường trú", "Permanent residence"],
  issued: ["Ngày cấp", "Issued"],
  expires: ["Có giá trị đến", "Valid until"],
  noExpiry: ["Thẻ không thời hạn", "Card without expiry"],
  notOnChip: ["Không có trên chip", "Not on the chip"],
  portrait: ["Ảnh khuôn mặt trên chip", "Portrait from the chip"],
  portraitComing: ["Đang chờ ảnh", "Waiting for the portrait"],
  portraitAbsent: ["Chip không có ảnh chân dung (thẻ trẻ em)", "The chip holds no portrait (children's cards)"],
  noPortrait: ["Không hiển thị được ảnh. Đọc lại thẻ; vẫn vậy thì hỏi người phụ trách", "The portrait cannot be shown. Read the card again; if that does not help, ask a supervisor"],

  access: ["Mở chip bằng {protocol}, {cipher}", "Chip opened by {protocol}, {cipher}"],
  accessBy: ["Khóa mở: {credential}", "Key: {credential}"],
  downgrade: ["Dùng giao thức yếu hơn thẻ hỗ trợ: {reason}", "A weaker protocol than the card offers: {reason}"],

  passedChecks: ["{count} mục kiểm tra khác đều đạt", "{count} other checks passed"],
  "check.passiveAuthentication": ["Dữ liệu do cơ quan cấp thẻ ký", "Data signed by the card's issuer"],
  "check.securityObjectSignature": ["Chữ ký số trên dữ liệu", "Digital signature of the data"],
  "check.certificateChain": ["Chứng thư của bên ký", "Signer's certificate"],
  "check.issuerAgainstDG1": ["Quốc gia của bên ký khớp thẻ", "The signer's country agrees with the card"],
  "check.issueDateInKeyUsage": ["Ngày cấp nằm trong thời gian dùng khóa ký", "Issued while the signer's key was in use"],
  "check.dataGroupHashes": ["Dữ liệu khớp chữ ký", "Data matches its signature"],
  "check.dataGroupsComplete": ["Đủ các tệp đã ký", "All signed files are there"],
  "check.chipAuthenticationMapping": ["Chip thật (ngay khi mở chip)", "Genuine chip (while opening it)"],
  "check.chipAuthentication": ["Chip thật (xác thực chip)", "Genuine chip (chip authentication)"],
  "check.activeAuthentication": ["Chip thật (xác thực chủ động)", "Genuine chip (active authentication)"],
  "check.comAgainstSOD": ["Danh mục dữ liệu khớp chữ ký", "List of data matches the signature"],
  "check.cardAccessAgainstDG14": ["Thông tin mở chip khớp chữ ký", "Access information matches the signature"],
  "check.citizenDataSchema": ["Cấu trúc dữ liệu công dân", "Structure of the citizen's data"],
  "check.numberProvince": ["Mã tỉnh trong số định danh", "Province in the personal number"],
  "check.mrzCheckDigits": ["Số kiểm tra của dòng máy đọc", "Check digits of the machine readable zone"],
  "check.mrzNumberDigit": ["Chữ số kiểm tra của số định danh", "Check digit of the personal number"],
  "check.mrzDocumentNumber": ["Số thẻ khớp số định danh", "Document number agrees with the personal number"],
  "check.numberInDG13": ["Số định danh ở hai nơi khớp nhau", "Personal number agrees in both places"],
  "check.sexInNumber": ["Giới tính khớp số định danh", "Sex agrees with the personal number"],
  "check.sexInDG13": ["Giới tính ở hai nơi khớp nhau", "Sex agrees in both places"],
  "check.birthYearInNumber": ["Năm sinh khớp số định danh", "Birth year agrees with the personal number"],
  "check.birthDateInDG13": ["Ngày sinh ở hai nơi khớp nhau", "Birth date agrees in both places"],
  "check.expiryInDG13": ["Ngày hết hạn ở hai nơi khớp nhau", "Expiry date agrees in both places"],
  "check.nameInDG13": ["Họ tên ở hai nơi khớp nhau", "Name agrees in both places"],
  "check.qrNumber": ["Số định danh trên mã QR khớp chip", "Personal number of the QR code agrees with the chip"],
  "check.qrName": ["Họ tên trên mã QR khớp chip", "Name of the QR code agrees with the chip"],
  "check.qrBirthDate": ["Ngày sinh trên mã QR khớp chip", "Birth date of the QR code agrees with the chip"],
  "check.qrSex": ["Giới tính trên mã QR khớp chip", "Sex of the QR code agrees with the chip"],
  "check.qrIssueDate": ["Ngày cấp trên mã QR khớp chip", "Issue date of the QR code agrees with the chip"],
  "check.dateOrder": ["Thứ tự ngày sinh, ngày cấp, ngày hết hạn", "Order of birth, issue and expiry"],

  "reason.issuerNotAnchored": ["Chưa kiểm tra được chữ ký (thiếu chứng thư gốc)", "Signature not checked (root certificate missing)"],
  "reason.signerKeyUsage": ["Chứng thư của bên ký không được phép ký thẻ", "The signer's certificate may not sign cards"],
  "reason.signerExpiredAtSigning": ["Chứng thư của bên ký đã hết hạn khi ký", "The signer's certificate had expired when it signed"],
  "reason.anchorExpired": ["Chứng thư gốc đã hết hạn", "The root certificate has expired"],
  "reason.signerExtensionUnknown": ["Chứng thư của bên ký có quy định chưa hiểu được", "The signer's certificate has a rule that is not understood"],
  "reason.signerExpired": ["Chứng thư của bên ký nay đã hết hạn", "The signer's certificate has expired since"],
  "reason.outsideKeyUsagePeriod": ["Khóa ký ngoài thời gian được dùng", "A key signed outside its period of use"],
  "reason.revoked": ["Chứng thư của bên ký đã bị thu hồi", "The signer's certificate was revoked"],
  "reason.revocationUnknown": ["Chưa có danh sách thu hồi để đối chiếu", "There is no revocation list to look at"],
  "reason.revocationUnknownListOutdated": ["Danh sách thu hồi đã cũ", "The revocation list is outdated"],
  "reason.revocationUnknownClock": ["Đồng hồ không tin cậy, chưa biết danh sách thu hồi còn mới", "The clock is not trusted; whether the revocation list is current is unknown"],
  "reason.signerAbsent": ["Thẻ không kèm chứng thư của bên ký", "The card does not carry its signer's certificate"],
  "reason.documentTypeDiffers": ["Chứng thư của bên ký ghi loại giấy tờ khác", "The signer's certificate names another type of document"],
  "reason.countryUnknown": ["Chưa biết quốc gia của bên ký hoặc của thẻ", "The signer's or the card's country is not known"],
  "reason.countryMismatch": ["Chứng thư thuộc quốc gia khác", "The certificate belongs to another country"],
  "reason.signatureInvalid": ["Thẻ giả hoặc chữ ký số không hợp lệ", "Forged card or invalid digital signature"],
  "reason.signerCertificateMalformed": ["Chứng thư của bên ký sai quy cách", "The signer's certificate is malformed"],
  "reason.signerUnknown": ["Chứng thư kèm theo không phải của bên ký", "The certificate inside is not the signer's"],
  "reason.signedContentAltered": ["Nội dung đã ký bị thay đổi", "What was signed is not what is there"],
  "reason.signatureNotVerified": ["Chữ ký chưa được kiểm tra", "The signature was not verified"],
  "reason.hashMismatch": ["Dữ liệu trên chip không khớp chữ ký", "Chip data does not match its signature"],
  "reason.dataGroupNotSigned": ["Có dữ liệu không được ký", "Some data is not signed"],
  "reason.noDataGroups": ["Không có dữ liệu để kiểm tra", "There is no data to check"],
  "reason.securityObjectAbsent": ["Thẻ không có chữ ký số", "The card carries no digital signature"],
  "reason.securityObjectMalformed": ["Chữ ký số trên thẻ sai quy cách", "The card's digital signature is malformed"],
  "reason.algorithmUnsupported": ["Thuật toán chưa được hỗ trợ", "The algorithm is not supported"],
  "reason.libraryFault": ["Lỗi thư viện mật mã", "A fault of the cryptographic library"],
  "reason.comVersionUnknown": ["Phiên bản dữ liệu của chip chưa biết", "The version of the chip's data is not known"],
  "reason.dataGroupAbsent": ["Chip thiếu tệp có trong chữ ký số", "The chip lacks a file that is signed"],
  "reason.cardSecurityAbsent": ["Chip không có tệp EF.CardSecurity", "The chip has no EF.CardSecurity"],
  "reason.cardSecurityMalformed": ["Tệp EF.CardSecurity bị hỏng", "EF.CardSecurity is malformed"],
  "reason.cardAccessDiffers": ["Cách mở chip không khớp với bản đã ký", "How the chip is opened differs from what is signed"],
  "reason.keyAbsent": ["Bản đã ký không có khóa của chip", "What is signed has no key of the chip"],
  "reason.keyMismatch": ["Chip không có khóa đã ký: có thể là bản sao", "The chip has not the signed key: it may be a copy"],
  "reason.keysNotProven": ["Chip không chứng minh được khóa: có thể là bản sao", "The chip did not prove its keys: it may be a copy"],
  "reason.keyNotSigned": ["Khóa của chip không được ký", "The chip's key is not signed"],
  "reason.keyMalformed": ["Khóa của chip sai quy cách", "The chip's key is malformed"],
  "reason.refused": ["Chip từ chối", "The chip refused"],
  "reason.readerTooShort": ["Đầu đọc không truyền được lệnh dài", "The reader cannot carry long commands"],
  "reason.notOffered": ["Thẻ không có chức năng này", "The card does not offer this"],
  "reason.notRun": ["Chưa thực hiện", "Not carried out"],
  "reason.notRead": ["Chưa đọc phần dữ liệu này", "This data was not read"],
  "reason.comListsLess": ["Danh mục thiếu so với chữ ký", "The list names less than was signed"],
  "reason.comListsMore": ["Danh mục nhiều hơn chữ ký", "The list names more than was signed"],
  "reason.comMalformed": ["Danh mục sai quy cách", "The list is malformed"],
  "reason.cardAccessAbsent": ["Thẻ không công bố cách mở chip", "The card does not publish how to open it"],
  "reason.paceNotSigned": ["Thông tin mở chip không được ký", "The access information is not signed"],
  "reason.paceWithheld": ["Chip có cách mở mạnh hơn nhưng bị giấu", "The chip offers a stronger access, which was withheld"],
  "reason.paceDiffers": ["Thông tin mở chip khác bản đã ký", "The access information differs from what was signed"],
  "reason.malformed": ["Dữ liệu sai quy cách", "The data is malformed"],
  "reason.unknownProvince": ["Mã tỉnh không có trong danh mục", "The province code is not in the list"],
  "reason.schemaDrift": ["Thẻ có trường dữ liệu mới", "The card has fields that are new"],
  "reason.wrongCheckDigit": ["Chữ số kiểm tra sai", "A check digit is wrong"],
  "reason.notTheNumbersEnd": ["Không phải 9 số cuối của số định danh", "Not the last 9 digits of the personal number"],
  "reason.differs": ["Không khớp", "They differ"],
  "reason.absent": ["Không có trên chip", "Not on the chip"],
  "reason.unreadable": ["Không hiểu được nội dung", "The content cannot be understood"],
  "reason.nameShortened": ["Tên dài, dòng máy đọc viết rút gọn", "A long name, shortened in the machine readable zone"],
  "reason.marksDiffer": ["Khác dấu", "The marks differ"],
  "reason.notInQR": ["Không có trên mã QR", "Not in the QR code"],
  "reason.otherCard": ["Mã QR của thẻ khác cùng người", "The QR code of another card of this person"],
  "reason.impossibleOrder": ["Thứ tự ngày không thể có", "An impossible order of dates"],
  "reason.typedByHand": ["Nhập tay, không đọc chip", "Typed by hand, the chip was not read"],
  "reason.paceRefused": ["thẻ từ chối PACE", "the card refused PACE"],
  "reason.paceNotOffered": ["thẻ không có PACE", "the card does not offer PACE"],
  "reason.paceUnsupported": ["trạm chưa hỗ trợ bộ PACE của thẻ", "the station does not support the card's PACE suite"],

  noFigures: ["Chưa có số liệu", "No figures yet"],
  "uplink.idle": ["Đã truyền hết", "Everything is sent"],
  "uplink.open": ["Đang truyền", "Transmitting"],
  "uplink.waiting": ["Chờ truyền lại sau {time}", "Will retry in {time}"],
  "uplink.stopped": ["Đã ngừng truyền", "Transmission stopped"],
  "uplink.unconfigured": ["Chưa cấu hình cấp trên", "No upstream configured"],
  lastAnswer: ["Cấp trên trả lời lần cuối {time}.", "Upstream last answered {time}."],
  sealingKeyDays: ["Khóa niêm phong còn {days} ngày.", "The sealing key has {days} days left."],
  certificateDays: ["Chứng thư kết nối còn {days} ngày.", "The connection certificate has {days} days left."],
  noAnswerYet: ["Cấp trên chưa trả lời lần nào.", "Upstream has not answered yet."],

  "gauge.reader": ["Đầu đọc", "Reader"],
  "gauge.ready": ["Sẵn sàng", "Ready"],
  "gauge.readers": ["{count} đầu đọc", "{count} readers"],
  "gauge.none": ["Không có", "None"],
  "gauge.mute": ["Không trả lời", "Not answering"],
  "gauge.serviceDown": ["Dịch vụ dừng", "Service down"],
  "gauge.uplink": ["Đường truyền", "Uplink"],
  "gauge.uplink.open": ["Sẵn sàng", "Ready"],
  "gauge.uplink.waiting": ["Chờ thử lại", "Retrying"],
  "gauge.uplink.stopped": ["Đã ngừng", "Stopped"],
  "gauge.uplink.unconfigured": ["Chưa cấu hình", "Not configured"],
  "gauge.disk": ["Đĩa", "Disk"],
  "gauge.left": ["còn {count} hồ sơ", "{count} applications left"],
  "gauge.notAccepting": ["Ngừng nhận hồ sơ", "Intake stopped"],
  "gauge.clock": ["Đồng hồ", "Clock"],
  "clock.unsynchronized": ["(chưa đồng bộ)", "(not synchronised)"],
  "clock.suspect": ["(không tin cậy)", "(not trusted)"],

  waiting: ["{count} hồ sơ chờ truyền", "{count} waiting"],
  nothingWaits: ["Không có hồ sơ nào chờ truyền", "Nothing is waiting"],
  oldest: ["lâu nhất {time}", "oldest {time}"],
  acceptedSoFar: ["{count} đã được tiếp nhận", "{count} accepted"],
  queueEmpty: ["Chưa có hồ sơ nào đang chờ", "No application is waiting"],

  "state.saved": ["Đã lưu, chờ truyền", "Saved, waiting to transmit"],
  "state.batched": ["Đã xếp lô", "Placed in a batch"],
  "state.sent": ["Đang truyền", "Transmitting"],
  "state.accepted": ["Cấp trên đã tiếp nhận", "Accepted by upstream"],
  "state.rejected": ["Cơ quan cấp trên từ chối", "Rejected by upstream"],
  "state.deferred": ["Chờ truyền lại", "Waiting to retry"],
  "state.held": ["Tạm giữ, cần xử lý", "On hold, needs action"],
  "state.unknown": ["Chưa rõ kết quả, đang kiểm tra lại", "Result unknown, checking again"],
  "state.quarantined": ["Cần xử lý thủ công", "Needs manual handling"],
  "state.cancelled": ["Đã hủy", "Cancelled"],
  "state.closed": ["Đã đóng", "Closed"],
  "state.exported": ["Đã xuất ra thiết bị lưu trữ, chờ biên nhận", "Exported to a stick, awaiting the receipt"],
  "state.purged": ["Đã xóa dữ liệu", "Data purged"],

  justNow: ["vừa xong", "just now"],
  minutesAgo: ["{count} phút trước", "{count} min ago"],
  hoursAgo: ["{count} giờ trước", "{count} h ago"],
  daysAgo: ["{count} ngày trước", "{count} days ago"],
  seconds: ["{count} giây", "{count} s"],
  minutes: ["{count} phút", "{count} min"],
};

let column = location.hash === "#en" ? 1 : 0;

export const language = () => (column === 0 ? "vi" : "en");

export function setLanguage(name) {
  column = name === "en" ? 1 : 0;
  history.replaceState(null, "", name === "en" ? "#en" : "#vi");
}

/** The text of a key. An unknown key gives `otherwise`, or the key itself, so that nothing is hidden. */
export function t(key, values = null, otherwise = key) {
  const text = Object.hasOwn(TEXT, key) ? TEXT[key][column] : otherwise;
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
}

/** The Vietnamese text, whatever language the page has: for what the citizen takes home. */
export const vi = (key) => TEXT[key][0];

/** A problem's title and remedy in the page's language. */
export const both = (problem) =>
  column === 0 ? { title: problem.detailVi, note: problem.remedyVi } : { title: problem.title, note: problem.remedy };

const told = (message, detail) => (detail ? `${message} (${detail})` : message);

/** A field's problem in the page's language, with what the station knows of this occurrence. */
export const fieldWords = (each) => (column === 0 ? told(each.messageVi, each.detailVi) : told(each.message, each.detail));

/** Why a finding is as it is; a word that the catalogue does not know is shown as it is. */
export const reason = (finding) => (finding.reason ? t(`reason.${finding.reason}`, null, finding.reason) : "");

/** An application's state: the station's own word in Vietnamese. */
export const stateWord = (one) => (column === 0 ? one.stateVi : t(`state.${one.state}`, null, one.state));

/** dd/MM/yyyy, MM/yyyy or yyyy, as printed on Vietnamese documents. */
export const date = (iso) => iso.split("-").reverse().join("/");

/** What was typed as day, month and year, month and year, or year, with or without strokes; null when it is none of them. */
export function isoDate(text) {
  const pieces = text.split(/\D+/).filter(Boolean);
  const digits = pieces[0] ?? "";
  // Where strokes were typed they part the numbers: 1/1/1955 is no November.
  const parts = pieces.length > 1
    ? (pieces.length < 4 && pieces.at(-1).length === 4 ? pieces.map((piece) => piece.padStart(2, "0")).reverse() : null)
    : { 4: [digits], 6: [digits.slice(2), digits.slice(0, 2)], 8: [digits.slice(4), digits.slice(2, 4), digits.slice(0, 2)] }[digits.length];
  if (!parts) return null;
  const iso = parts.join("-");
  const whole = `${iso}${"-01".repeat(3 - parts.length)}`;
  const day = new Date(`${whole}T00:00:00Z`);
  return Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== whole ? null : iso;
}

/** A phone number in the groups in which it is read aloud. */
export const groups = (phone) => phone.replace(/^(\+?84|0\d{3})(\d*)$/, (whole, head, rest) =>
  [head, ...(rest.match(/\d{1,3}/g) ?? [])].join(" "));

/** The legal day in Viet Nam of a time, UTC+07:00 all year. */
export const vietnamDay = (iso) => new Date(Date.parse(iso) + 7 * 3_600_000).toISOString().slice(0, 10);
export const vietnamToday = (status) => vietnamDay(status.clock.now);

/** Full years on the station's day; null when the birth date is not a full one. */
export function years(birth, status) {
  if (!status || !/^\d{4}-\d{2}-\d{2}$/.test(birth)) return null;
  const today = vietnamToday(status);
  const age = Number(today.slice(0, 4)) - Number(birth.slice(0, 4)) - (today.slice(5) < birth.slice(5) ? 1 : 0);
  return age >= 0 ? age : null;
}

export const clockTime = (iso) => new Date(Date.parse(iso) + 7 * 3_600_000).toISOString().slice(11, 16);

export const number = (value) => new Intl.NumberFormat(column === 0 ? "vi-VN" : "en-GB").format(value);

export function ago(iso) {
  const minutes = Math.floor((Date.now() - Date.parse(iso)) / 60_000);
  if (minutes < 1) return t("justNow");
  if (minutes < 60) return t("minutesAgo", { count: minutes });
  if (minutes < 48 * 60) return t("hoursAgo", { count: Math.floor(minutes / 60) });
  return t("daysAgo", { count: number(Math.floor(minutes / 1_440)) });
}

export function until(iso) {
  const seconds = Math.max(0, Math.ceil((Date.parse(iso) - Date.now()) / 1_000));
  return seconds < 90 ? t("seconds", { count: seconds }) : t("minutes", { count: Math.round(seconds / 60) });
}
