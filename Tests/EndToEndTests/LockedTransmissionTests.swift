import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// A station that nobody has opened since its boot goes on sending (law 2).
@Suite(.serialized, .timeLimit(.minutes(5))) struct LockedTransmissionTests {
    @Test func afterABootTheStationIsLockedAndSaysSoAndStillTransmits() async throws {
        try await withStation { station, run, citizen in
            await station.stopDaemon()
            await station.stopUpstream()
            try FileManager.default.removeItem(atPath: station.layout.credentials + "/data.key")
            // The people whom the bench entered have no part in a data key: a new station, where people keep it.
            try FileManager.default.removeItem(atPath: station.layout.state)
            try FileManager.default.createDirectory(atPath: station.layout.state, withIntermediateDirectories: false)
            try await station.startDaemon(mans: false)
            let (begin, own) = ("tạm thời một lần", "bốn con vịt trời bay")
            _ = try await station.administration.enter(OperatorEntry(operatorId: "lan", role: .operator, secret: begin))
            try await station.client.signIn(SignInOrder(operatorId: "lan", secret: begin))
            _ = try await station.client.changeSecret(SecretChange(secret: begin, newSecret: own))
            _ = try await station.client.openShift(ShiftOrder(team: "Tổ 1", point: "Chợ", kind: "mobile"))
            #expect(try await !station.client.status().intake.locked)
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            #expect(try await station.client.find(PersonQuestion(phone: "0912345678")).entries.count == 1)

            await station.killDaemon()
            try await station.startDaemon(mans: false)
            let asAdministrator = IntakeRun(client: station.administration)
            #expect(try await station.client.status().intake.locked)
            await expectProblem(.sessionExpired) { try await station.client.me() }
            let before = try await station.auditRows()
            let statuses = try await station.administration.events()
            let locked = Task {
                for try await event in statuses {
                    if let status = event.status, !status.intake.locked { return false }
                    if event.application?.state == "accepted" { return true }
                }
                return false
            }
            try await station.startUpstream()
            _ = try await asAdministrator.wait(for: saved.itemId, until: ["accepted"])
            #expect(try await locked.value, "the station was open in between")
            #expect(try await station.client.status().intake.locked)
            #expect(try await station.held().items.map(\.itemId) == [saved.itemId])
            // Nobody came: what happened since the boot is the station's own doing.
            let since = try await station.auditRows().dropFirst(before.count)
            #expect(!since.isEmpty && since.allSatisfy { $0.hasPrefix("station ") }, "\(since)")
        }
    }
}
