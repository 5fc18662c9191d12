import Foundation
import StationCore

@testable import ApplicationForm

let consentText = ConsentText(version: "2024-07", sha256: String(repeating: "ab", count: 32))

func day(_ text: String) -> CivilDate { CivilDate(text: text)! }

func time(_ day: String, _ clock: String = "02:00:00.000") -> Timestamp { Timestamp(text: "\(day)T\(clock)Z")! }

func citizen(
    number: String = "070201001234",
    birth: String = "2001-05-17",
    nationality: String = "VNM",
    expiry: CardExpiry? = .day(day("2030-01-01")),
    name: String = "Điểu Thị Bích Ngọc"
) -> CitizenSnapshot {
    CitizenSnapshot(
        personalNumber: number,
        fullName: name,
        birthDate: PartialDate(text: birth)!,
        sex: .female,
        nationality: nationality,
        residence: "Ấp 3, Tân Khai, Hớn Quản, Bình Phước",
        issueDate: day("2021-04-02"),
        expiry: expiry
    )
}

func card(_ findings: [Finding] = [Finding(check: "dataGroupHashes", verdict: .passed)]) -> CardFacts {
    CardFacts(readMethod: .chip, readAt: time("2026-03-02"), accessProtocol: .pace, findings: findings)
}

let policy = CardVerificationPolicy(
    mustPass: ["dataGroupHashes"],
    mayBeUndetermined: ["issuerTrust"],
    acceptsManualEntry: false
)

func context(
    now: Timestamp = time("2026-03-02"),
    quality: ClockQuality = .synchronized,
    policy: CardVerificationPolicy = policy,
    duplicate: Bool = false,
    reusedPhone: String? = nil
) -> ValidationContext {
    ValidationContext(
        now: now,
        clockQuality: quality,
        consentTexts: [consentText],
        integrations: ["drivingLicence", "healthInsurance"],
        cardPolicy: policy,
        hasDuplicate: duplicate,
        isPhoneReused: { $0 == reusedPhone }
    )
}

func draft(phone: String? = "0912 345 678") -> ApplicationDraft {
    ApplicationDraft(
        declared: .init(phone: phone, email: "ngoc@example.vn", integrations: ["healthInsurance"], noSmartphone: false),
        consent: .init(
            textVersion: consentText.version,
            textSHA256: consentText.sha256,
            language: "vi",
            readAloudBy: WireName("op-7"),
            confirmation: .spoken,
            granted: true
        )
    )
}

func mother(phone: String? = "0987654321") -> ApplicationDraft.Representative {
    .init(personalNumber: "070180004321", fullName: "Nguyễn Thị Mẹ", relationship: .mother, phone: phone)
}

func validate(
    _ draft: ApplicationDraft,
    citizen: CitizenSnapshot = citizen(),
    card: CardFacts = card(),
    in context: ValidationContext = context()
) -> ValidationOutcome {
    ApplicationRules().validate(draft, citizen: citizen, card: card, context: context)
}

extension ValidationOutcome {
    /// Problems as "field code", which is what a test reads best.
    var said: [String] { problems.map { "\($0.field) \($0.code.rawValue)" } }
    var warned: [String] { warnings.map { "\($0.field) \($0.code.rawValue)" } }
}

let itemId = ItemID("01890a5d-ac96-774b-bcce-b302099a8057")!
let earlierId = ItemID("01890a5d-ac96-774b-bcce-b302099a8056")!
let everyCircumstance = IntakeCircumstances(
    operatorId: WireName("op-7"),
    sessionId: WireName("s-1"),
    teamId: WireName("t-1"),
    pointId: WireName("p-1"),
    invitationRowId: WireName("row-9"),
    hamletId: WireName("hamlet-3")
)

/// A document in which every optional member stands.
func fullApplication() -> ApplicationDocument {
    let facts = CardFacts(
        readMethod: .chip,
        readAt: time("2026-03-02"),
        accessProtocol: .bac,
        downgrade: "paceRefused",
        profile: "cccd",
        findings: [Finding(check: "issuerTrust", verdict: .notDetermined, reason: "issuerNotAnchored")],
        activeAuthentication: .init(challenge: Data(0..<8), signature: Data(repeating: 7, count: 128)),
        manualReason: "chip broken"
    )
    let person = CitizenSnapshot(
        personalNumber: "070201001234",
        fullName: "Điểu Thị Bích Ngọc",
        birthDate: PartialDate(year: 2015)!,
        sex: .female,
        nationality: "VNM",
        residence: "Tân Khai",
        origin: "Tân Khai",
        issueDate: day("2025-01-02"),
        expiry: .unlimited
    )
    let phone = "0987654321"
    let content = ApplicationContent(
        citizen: person,
        card: facts,
        declared: Declaration(
            phone: phone,
            email: "a@b.vn",
            integrations: ["healthInsurance"],
            noSmartphone: true
        ),
        consent: consentRecord(granted: true),
        representative: Representative(
            personalNumber: "070180004321",
            fullName: "Nguyễn Thị Mẹ",
            relationship: .mother,
            phone: phone
        ),
        matches: MatchResults(
            face: MatchResult(outcome: .matched, reason: nil, reference: "c06-771"),
            fingerprint: MatchResult(outcome: .notObtainable, reason: "worn", reference: nil)
        ),
        overrides: [
            Override(kind: .ageConfirmed, reason: "asked", age: 11),
            Override(kind: .clockConfirmed, reason: "looked at the calendar", day: day("2026-03-02")),
        ],
        ruleSet: "decree-69-2024",
        cardFiles: [PartDescriptor(contentId: "EF.SOD", size: 10, sha256: consentText.sha256)],
        attachments: [
            PartDescriptor(contentId: "attachment-1", mediaType: "image/jpeg", size: 9, sha256: consentText.sha256)
        ]
    )
    return document(.application(content))
}

func consentRecord(granted: Bool) -> ConsentRecord {
    ConsentRecord(
        textVersion: consentText.version,
        textSHA256: consentText.sha256,
        language: "vi",
        readAloudBy: WireName("op-7"),
        confirmation: .witnessed,
        at: time("2026-03-02"),
        granted: granted,
        witness: Witness(fullName: "Điểu Thị Sa", personalNumber: "070180004322")
    )
}

/// An amendment in which every optional member stands.
func fullAmendment() -> ApplicationDocument {
    document(
        .amendment(
            AmendmentContent(
                reason: "wrong number",
                phone: "0987654321",
                email: "a@b.vn",
                integrations: [],
                noSmartphone: false,
                representative: Representative(
                    personalNumber: "070180004321",
                    fullName: "Nguyễn Thị Mẹ",
                    relationship: .guardian,
                    phone: "0987654321"
                ),
                consent: consentRecord(granted: false)
            )
        ),
        revision: 2,
        supersedes: earlierId
    )
}

func document(
    _ content: ApplicationDocument.Content,
    revision: Int = 1,
    supersedes: ItemID? = nil
) -> ApplicationDocument {
    ApplicationDocument(
        itemId: itemId,
        stationId: WireName("station-1")!,
        revision: revision,
        supersedes: supersedes,
        capturedAt: time("2026-03-02"),
        clockQuality: .synchronized,
        intake: everyCircumstance,
        content: content
    )
}
