import Foundation
import StationCore
import Testing
import Uplink

@testable import UpstreamServer

/// The station's own transport and judge against this upstream: both sides read one contract.
@Suite struct StationSideTests {
    private struct Station {
        let transport: HTTPSTransport
        let judge: AnswerJudge

        init(_ bench: Bench) throws {
            let base = try UpstreamBase(bench.base)
            let path = bench.directory.stationPath(Bench.station)
            transport = HTTPSTransport(
                base: base,
                credentials: try TLSCredentials(
                    chainPEM: PrivateFile.read("\(path)/client.pem"),
                    privateKeyPEM: Redacted(PrivateFile.read("\(path)/client.key")),
                    trustRootsPEM: PrivateFile.read("\(path)/ca.pem")
                ),
                clock: SystemClock()
            )
            judge = AnswerJudge(authorities: try bench.authorities(), base: base)
        }

        func deliver(_ items: [Item], _ bench: Bench) async throws -> ReplyJudgement {
            let batch = try Batch(bench, items)
            let (fields, bytes) = try batch.framed()
            let request = UpstreamRequest(
                method: "POST",
                path: "/v1/intake/batches",
                fields: fields.map { HeaderField($0, $1) },
                chunks: [bytes],
                replyBodyBytes: Limits.Uplink.replyBodyBytes
            )
            let outcome: Result<UpstreamReply, TransportFault>
            do {
                outcome = .success(try await transport.send(request))
            } catch let fault as TransportFault {
                outcome = .failure(fault)
            }
            let sent = items.map {
                SentItem(itemId: $0.entry.itemId, stationId: $0.entry.stationId, sha256: $0.entry.sha256)
            }
            return judge.judge(outcome, toBatch: batch.batchId, of: sent)
        }
    }

    private func deliver(
        faults: FaultPlan = FaultPlan(),
        _ body: @escaping @Sendable (Bench, Item) throws -> Item,
        expect: @escaping @Sendable (ReplyJudgement) -> Void
    ) async throws {
        try await Bench.run(faults: faults) { bench in
            let station = try Station(bench)
            let judgement: ReplyJudgement
            do {
                judgement = try await station.deliver([try body(bench, try Item.make(bench))], bench)
            } catch {
                await station.transport.shutdown()
                throw error
            }
            await station.transport.shutdown()
            expect(judgement)
        }
    }

    @Test func `an accepted item counts as accepted, once and again`() async throws {
        try await Bench.run { bench in
            let station = try Station(bench)
            let item = try Item.make(bench)
            var receipts: [Receipt] = []
            for _ in 0..<2 {
                let judgement = try await station.deliver([item], bench)
                guard case .accepted(let receipt, nil) = judgement.items[0].verdict else { continue }
                #expect(judgement.effect == .progress)
                receipts.append(receipt)
            }
            await station.transport.shutdown()
            #expect(receipts.count == 2 && Set(receipts).count == 1)
        }
    }

    @Test func `a refused item counts as rejected`() async throws {
        try await deliver { bench, _ in
            try Item.make(bench, key: StationSigningKey(generated: WireName("signing-1")!))
        } expect: { judgement in
            guard case .rejected(let receipt, let problem) = judgement.items[0].verdict else {
                Issue.record("\(judgement)")
                return
            }
            #expect(problem.name == "signature-invalid" && receipt.verdict.rejectedType == problem.name)
        }
    }

    @Test func `a lost reply leaves the item unknown`() async throws {
        try await deliver(faults: FaultPlan(lostReplies: 1)) { _, item in
            item
        } expect: { judgement in
            #expect(judgement.items[0].verdict == .unknown(.noAnswer))
        }
    }

    @Test func `busy, forbidden and a portal's page change nothing but the pace`() async throws {
        try await deliver(faults: FaultPlan(refusal: .busy)) { _, item in
            item
        } expect: { judgement in
            #expect(judgement.effect == .slowDown(.seconds(1)))
        }
        try await deliver(faults: FaultPlan(refusal: .forbidden)) { _, item in
            item
        } expect: { judgement in
            #expect(judgement.effect == .stop(.upstreamRefusedStation))
        }
        try await deliver(faults: FaultPlan(refusal: .portal)) { _, item in
            item
        } expect: { judgement in
            #expect(judgement.effect == .fault(.replyNotUpstream, linkTrouble: false))
        }
    }
}
