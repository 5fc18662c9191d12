import ApplicationForm
import Foundation
import IntakeStation
import LocalServer
import StationAPI
import StationCore
import Uplink

/// One desk with its operator, who serves citizens and does not let them go without a receipt number.
struct Desk: Sendable {
    let world: World
    let dice: Dice

    init(world: World, number: Int) {
        self.world = world
        dice = world.dice("desk \(number)")
    }

    /// Serves one citizen.
    func serve(_ number: Int) async {
        world.count(.applications)
        if world.scenario.control == .acknowledgesBeforeCommit { world.ledger.acknowledge(number, nil) }
        let files = [
            SealedContent.File(name: "DG1", bytes: dice.bytes(dice.happens(30) ? 40_000 : 200 + dice.below(3_000)))
        ]
        var visit: (body: [UInt8], key: String)?
        var needsDay = false
        for _ in 0..<40 {
            guard let life = world.life, life.isUp, life.isServing else {
                try? await world.timeline.sleep(for: .seconds(20))
                continue
            }
            life.submissions += 1
            let outcome = await attempt(number, files, &visit, needsDay: needsDay, life)
            life.submissions -= 1
            switch outcome {
            case .saved: return
            case .needsNewRead: visit = nil
            case .needsDay:
                needsDay = true
                visit = nil
            case .again: break
            }
            if world.scenario.control == .acknowledgesBeforeCommit, !life.isUp { return }
            try? await world.timeline.sleep(for: dice.between(.seconds(2), .seconds(30)))
        }
        world.note("case \(number) goes home without a receipt")
    }

    private enum Outcome { case saved, again, needsNewRead, needsDay }

    private func attempt(
        _ number: Int, _ files: [SealedContent.File], _ visit: inout (body: [UInt8], key: String)?, needsDay: Bool,
        _ life: Life
    ) async -> Outcome {
        do {
            if visit == nil {
                let read = try await life.station.read(citizen(number), card: card(), files: files, by: .simulated)
                visit = (
                    try submission(number, read: read, consent: life.station.consent, needsDay: needsDay),
                    Hex.text(dice.bytes(16))
                )
            }
            guard let visit else { return .again }
            if dice.happens(20) { submitBeside(visit, life) }
            let answer = try await life.station.submit(visit.body, idempotencyKey: visit.key, by: .simulated)
            // Whatever died meanwhile has answered nobody.
            guard life.isUp || life.end.map({ if case .asked = $0 { true } else { false } }) == true else {
                return .again
            }
            let saved = try StrictJSON.decode(SavedApplication.self, from: answer.body)
            if saved.itemId != answer.itemId { world.violate("the answer to case \(number) names another item") }
            world.count(.acknowledged)
            world.note("case \(number) saved as \(saved.sequence)")
            if world.scenario.control != .acknowledgesBeforeCommit { world.ledger.acknowledge(number, saved.itemId) }
            await world.ledger.follow(life, in: world)
            return .saved
        } catch {
            guard life.isUp else { return .again }
            let problem = error as? Problem
            let fields = (problem?.fields ?? []).map { "\($0.field) \($0.code.rawValue)" }.joined(separator: ", ")
            world.note("case \(number) not saved: \(problem?.code ?? "\(error)") \(fields)")
            switch problem?.code {
            case FailureCode.readUnknown.rawValue: return .needsNewRead
            case FailureCode.clockConfirmationMissing.rawValue: return .needsDay
            default: return .again
            }
        }
    }

    /// An impatient client sends the same request twice.
    private func submitBeside(_ visit: (body: [UInt8], key: String), _ life: Life) {
        life.submissions += 1
        _ = Task(executorPreference: world.timeline) {
            _ = try? await life.station.submit(visit.body, idempotencyKey: visit.key, by: .simulated)
            life.submissions -= 1
        }
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: width - digits.count) + digits
    }

    private func citizen(_ number: Int) -> CitizenSnapshot {
        CitizenSnapshot(
            personalNumber: "070" + padded(number, 9), fullName: "Nguyễn Văn Thử",
            birthDate: PartialDate(text: "1980-05-17") ?? Self.birth, sex: .male, nationality: "VNM",
            residence: "Ấp 3, Tân Khai", issueDate: nil, expiry: .unlimited)
    }

    private static let birth: PartialDate = {
        guard let date = PartialDate(year: 1980) else { preconditionFailure("a year") }
        return date
    }()

    private func card() -> CardFacts {
        CardFacts(
            readMethod: .chip, readAt: world.trueTime, accessProtocol: .pace,
            findings: [Finding(check: "dataGroupHashes", verdict: .passed)])
    }

    private func submission(
        _ number: Int, read: String, consent: StationAPI.ConsentText, needsDay: Bool
    ) throws -> [UInt8] {
        let submission = ApplicationSubmission(
            readId: read, declared: .init(phone: "090" + padded(number, 7), integrations: [], noSmartphone: false),
            consent: .init(
                granted: true, textVersion: consent.version, textSHA256: consent.sha256, language: "vi",
                confirmation: "spoken"),
            overrides: needsDay
                ? [.init(kind: "clockConfirmed", reason: "calendar", day: world.trueTime.vietnamDay.text)] : nil)
        return try StrictJSON.encode(submission)
    }
}

extension ProvenPerson {
    /// Who sits at the simulated desk.
    fileprivate static let simulated = ProvenPerson(
        operatorId: "lan", role: .operator, actor: .simulatedOperator, peer: Peer(userID: 1_000),
        token: nil)
}

extension WireName {
    fileprivate static let simulatedOperator: WireName = {
        guard let name = WireName("op:lan") else { preconditionFailure("a constant within the alphabet") }
        return name
    }()
}
