import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import StationCore
import Testing
import Uplink

@testable import UpstreamServer

@Suite struct RequestTests {
    private func refused(
        _ bench: Bench,
        _ batch: Batch,
        as station: StationID = Bench.station
    ) async throws -> String {
        let reply = try await bench.reply(to: batch, as: station)
        let problem = try #require(reply.problem)
        #expect(problem.status == reply.status && problem.type.hasPrefix(bench.base + "/"))
        return "\(reply.status) \(problem.name)"
    }

    @Test func `a client without certificate, with a foreign one, or with TLS 1·2 gets no answer`() async throws {
        try await Bench.run { bench in
            func keys(_ tls: TLSConfiguration) async throws -> Int {
                try await bench.send(.GET, "/v1/intake/keys", tls: tls).status
            }
            #expect(try await keys(try bench.tls()) == 200)
            let anonymous = try bench.tls(nil)
            await #expect(throws: (any Error).self) { try await keys(anonymous) }

            let stranger = try ThrowAwayAuthority(at: SystemClock().now).station(Bench.station, at: SystemClock().now)
            var foreign = try bench.tls(nil)
            foreign.certificateChain = try NIOSSLCertificate.fromPEMBytes(stranger.certificate).map { .certificate($0) }
            foreign.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: stranger.privateKey, format: .pem))
            let withForeign = foreign
            await #expect(throws: (any Error).self) { try await keys(withForeign) }

            var old = try bench.tls()
            old.minimumTLSVersion = .tlsv12
            old.maximumTLSVersion = .tlsv12
            let withOld = old
            await #expect(throws: (any Error).self) { try await keys(withOld) }
        }
    }

    @Test func `a station that is not enrolled is refused`() async throws {
        try await Bench.run { bench in
            let authority = try ThrowAwayAuthority(
                identity: .init(
                    certificate: PrivateFile.read(bench.directory.file("ca.pem")),
                    privateKey: PrivateFile.read(bench.directory.file("ca.key"))
                )
            )
            for name in ["station-9"] {
                let identity = try authority.station(WireName(name)!, at: SystemClock().now)
                var tls = try bench.tls(nil)
                tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(identity.certificate).map { .certificate($0) }
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: identity.privateKey, format: .pem))
                let reply = try await bench.send(.GET, "/v1/intake/keys", tls: tls)
                #expect(reply.status == 403 && reply.problem?.name == "station-refused")
            }
        }
    }

    @Test func `the sender is the certificate's station`() async throws {
        try await Bench.run { bench in
            let batch = try Batch(bench, [try Item.make(bench)], sender: Bench.other)
            #expect(try await refused(bench, batch, as: Bench.station) == "403 station-refused")
            #expect(try UpstreamHoldings(bench.directory).list().items.isEmpty)
        }
    }

    @Test func `manifests are read strictly`() async throws {
        try await Bench.run { bench in
            let sound = try Batch(bench, [try Item.make(bench)])
            func said(_ change: (String) -> String) async throws -> String {
                var batch = sound
                batch.manifest = Array(change(String(decoding: sound.manifest, as: UTF8.self)).utf8)
                return try await refused(bench, batch)
            }
            #expect(try await said { "{\"version\":1," + $0.dropFirst() } == "422 manifest-invalid")
            #expect(
                try await said { $0.replacing("\"version\":1", with: "\"version\":2") } == "400 unsupported-version"
            )
            #expect(
                try await said { $0.replacing("\"sequence\":1,\"sha256\"", with: "\"sequence\":0,\"sha256\"") }
                    == "422 manifest-invalid"
            )
            #expect(try await said { $0.replacing("\"clock\"", with: "\"klok\"") } == "422 manifest-invalid")
            #expect(try await said { _ in "[]" } == "422 manifest-invalid")
            #expect(try await said { String($0.dropLast()) } == "422 manifest-invalid")
            #expect(try UpstreamHoldings(bench.directory).list().items.isEmpty)
            // Members that nobody knows are no fault.
            var future = sound
            future.manifest = Array(
                ("{\"future\":[null]," + String(decoding: sound.manifest, as: UTF8.self).dropFirst()).utf8
            )
            #expect(try await bench.reply(to: future).status == 200)
        }
    }

    @Test func `framing and fields are read strictly`() async throws {
        try await Bench.run { bench in
            let items = [try Item.make(bench, sequence: 1), try Item.make(bench, sequence: 2)]
            let sound = try Batch(bench, items)
            var swapped = sound
            swapped.parts.swapAt(0, 1)
            #expect(try await refused(bench, swapped) == "400 malformed-request")
            var fewer = sound
            fewer.parts.removeLast()
            #expect(try await refused(bench, fewer) == "400 malformed-request")
            var otherId = sound
            otherId.batchId = RequestID(random: SystemRandomSource())
            #expect(try await refused(bench, otherId) == "422 manifest-invalid")
            #expect(try await refused(bench, try Batch(bench, [items[0], items[0]])) == "422 manifest-invalid")
            #expect(try await refused(bench, try Batch(bench, [])) == "422 manifest-invalid")

            let (fields, bytes) = try sound.framed()
            func said(_ change: (inout [(String, String)], inout [UInt8]) -> Void) async throws -> String {
                var fields = fields
                var bytes = bytes
                change(&fields, &bytes)
                let reply = try await bench.send(
                    .POST,
                    "/v1/intake/batches",
                    fields: fields,
                    body: .bytes(ByteBuffer(bytes: bytes))
                )
                return "\(reply.status) \(reply.problem?.name ?? "-")"
            }
            #expect(try await said { fields, _ in fields[0].1 = "application/json" } == "415 unsupported-media-type")
            #expect(
                try await said { fields, _ in fields.append(("Content-Encoding", "gzip")) }
                    == "415 unsupported-media-type"
            )
            #expect(try await said { fields, _ in fields.remove(at: 2) } == "400 malformed-request")
            #expect(try await said { fields, _ in fields.remove(at: 1) } == "400 malformed-request")
            #expect(try await said { fields, _ in fields.append(fields[1]) } == "400 malformed-request")
            #expect(try await said { _, bytes in bytes.insert(0x0a, at: 0) } == "400 malformed-request")
            #expect(try await said { _, bytes in bytes.append(0x41) } == "400 malformed-request")
            #expect(
                try await said { _, bytes in bytes = [UInt8](repeating: 0, count: Limits.Uplink.batchBytes + 1) }
                    == "413 too-large"
            )
        }
    }

    @Test func `a wrong Content-Digest is refused, yet whole parts are kept`() async throws {
        try await Bench.run { bench in
            let item = try Item.make(bench)
            var batch = try Batch(bench, [item])
            batch.digest = ContentDigest(of: [1])
            #expect(try await refused(bench, batch) == "400 malformed-request")
            #expect(try await bench.result(item).outcome == .duplicate)
        }
    }

    @Test func `other paths and methods have their problems`() async throws {
        try await Bench.run { bench in
            let unknown = try await bench.send(.GET, "/v1/intake/nothing")
            #expect(unknown.status == 404 && unknown.problem?.name == "not-found")
            let method = try await bench.send(.GET, "/v1/intake/batches")
            #expect(method.status == 405 && method.problem?.name == "method-not-allowed")
            let status = try await bench.send(
                .POST,
                "/v1/intake/status",
                fields: [("Content-Type", "application/json")],
                body: .bytes(ByteBuffer(string: "{\"itemIds\":[],\"itemIds\":[],\"requestId\":\"x\"}"))
            )
            #expect(status.status == 422)
        }
    }

    @Test func `status speaks of stored items, each once`() async throws {
        try await Bench.run { bench in
            let item = try Item.make(bench)
            let unknown = ItemID(at: Item.capturedAt, random: SystemRandomSource())
            let first = try await bench.result(item)
            let results = try await bench.status([unknown, item.entry.itemId, item.entry.itemId]).results
            #expect(results.count == 1)
            #expect(results[0].item.sha256 == item.entry.sha256 && results[0].item.receipt == first.receipt)
            #expect(results[0].item.outcome == .accepted && results[0].decision == nil)
        }
    }

    @Test func `the key list is signed and is what a station was given`() async throws {
        try await Bench.run { bench in
            let reply = try await bench.send(.GET, "/v1/intake/keys")
            let list = try StrictJSON.decode(KeyList.self, from: reply.body)
            #expect(try list.verifies(by: bench.authorities()))
            #expect(reply.status == 200)
            #expect(list.keys.map(\.suite.text).sorted() == Suite.allCases.map(\.rawValue).sorted())
            #expect((1...1_000).contains(list.maxItems))
            let given = try PrivateFile.read(bench.directory.stationPath(Bench.station) + "/keys.json")
            #expect(try StrictJSON.decode(KeyList.self, from: given).keys == list.keys)
        }
    }
}
