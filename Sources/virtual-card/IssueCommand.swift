import ArgumentParser
import CitizenCard
import StationCore
import VirtualCard

extension Fault: ExpressibleByArgument {}
extension CardOptions.Series: ExpressibleByArgument {}
extension CardOptions.Portrait: ExpressibleByArgument {}

/// `virtual-card issue DIR`
struct IssueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Makes a synthetic person's card under a throw-away national CA.")

    @Argument(help: "Directory to write the card to.")
    var directory: String

    @Option(help: "Which synthetic person; the same seed draws the same person on the same day.")
    var seed: UInt64 = 1

    @Option(help: "The 12-digit number; sex and birth year follow from it.")
    var number: String?

    @Option(help: "Date of birth, YYYY-MM-DD.")
    var birth: String?

    @Option(help: "Last day of validity, YYYY-MM-DD, or none for no expiry.")
    var expiry: String?

    @Option(help: "The card series: 2021, or 2024 with the fewest fields that its chip may have.")
    var series = CardOptions.Series.citizenCard2021

    @Option(help: "The portrait's record, 19794-5 or 39794-5; empty or absent as on cards of young children.")
    var portrait = CardOptions.Portrait.facialRecord

    @Option(help: "Directory of an earlier card whose national CA signs this one too.")
    var trust: String?

    @Option(
        help: "A fault to build in; may be repeated. One of: \(Fault.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var fault: [Fault] = []

    func run() throws {
        let wishes = SyntheticPerson.Wishes(
            number: try number.map(Self.number), birthDate: try birth.map(Self.day), expiry: try expiry.map(Self.expiry)
        )
        let today = SystemClock().now.vietnamDay
        let person = try SyntheticPerson(seed: seed, today: today, wishes: wishes)
        let authority = try trust.map { try CardDirectory(path: $0).authority() }
        let issuer = CardIssuer(authority: try authority ?? NationalAuthority(random: SystemRandomSource()))
        let image = try issuer.issue(
            person, options: CardOptions(series: series, portrait: portrait), faults: Set(fault))
        try CardDirectory(path: directory)
            .write(image, person: person, authority: issuer.authority, series: series)
    }

    private static func number(_ text: String) throws -> PersonalNumber {
        guard let number = PersonalNumber(text) else { throw ValidationError("--number takes 12 digits") }
        return number
    }

    private static func day(_ text: String) throws -> CivilDate {
        guard let day = CivilDate(text: text) else { throw ValidationError("'\(text)' is no day YYYY-MM-DD") }
        return day
    }

    private static func expiry(_ text: String) throws -> CardExpiry {
        text == "none" ? .unlimited : .day(try day(text))
    }
}
