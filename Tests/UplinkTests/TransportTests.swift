import Foundation
import NIOSSL
import StationCore
import Testing

@testable import Uplink

@Suite(.timeLimit(.minutes(5))) struct TransportTests {
    private struct Clock: StationClock {
        var now: Timestamp = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        var quality = ClockQuality.unsynchronized
        var patience: Duration?
        var elapsed: Duration { .zero }
        func sleep(for duration: Duration) async throws {
            try await ContinuousClock().sleep(for: patience ?? duration)
        }
    }

    private static let pki = TestPKI()
    private static let other = TestAuthority("Somebody else's CA")
    private static let ok =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}"

    private static func chunks(_ size: Int) -> [[UInt8]] {
        [SeededRandom(1).bytes(size / 2), SeededRandom(2).bytes(size - size / 2)]
    }

    private static func request(_ size: Int = 10, replyBodyBytes: Int = 1_000) -> UpstreamRequest {
        UpstreamRequest(
            method: "POST", path: "/v1/intake/batches", fields: [HeaderField("Intake-Batch-Id", "b-1")],
            chunks: chunks(size), replyBodyBytes: replyBodyBytes)
    }

    /// The reply or the fault of one exchange with a scripted server.
    private static func exchange(
        _ script: ScriptedServer.Script, tls: TLSConfiguration? = pki.serverConfiguration(),
        credentials: TLSCredentials = pki.credentials(), clock: Clock = Clock(), request: UpstreamRequest = request(),
        host: String = "localhost",
        inspect: (ScriptedServer) -> Void = { _ in }
    ) async throws -> Result<UpstreamReply, TransportFault> {
        var result: Result<UpstreamReply, TransportFault>?
        try await ScriptedServer.serving(script, tls: tls) { server in
            let base = try UpstreamBase("https://\(host):\(server.port)/intake")
            let transport = HTTPSTransport(base: base, credentials: credentials, clock: clock)
            do {
                result = .success(try await transport.send(request))
            } catch let fault as TransportFault {
                result = .failure(fault)
            }
            await transport.shutdown()
            inspect(server)
        }
        return try #require(result)
    }

    /// Who follows decisions and the lane ask the same upstream: neither's silence may be taken for the other's network.
    @Test func `A question that is not answered holds up no other`() async throws {
        try await ScriptedServer.serving(.silent, tls: Self.pki.serverConfiguration()) { server in
            let transport = HTTPSTransport(
                base: try UpstreamBase("https://localhost:\(server.port)/intake"), credentials: Self.pki.credentials(),
                clock: Clock())
            await withTaskGroup { group in
                for _ in 0..<2 { group.addTask { _ = try? await transport.send(Self.request()) } }
                await server.waitForRequests(2)
                group.cancelAll()
            }
            await transport.shutdown()
            #expect(server.connections == 2)
        }
    }

    private static func fault(
        _ result: Result<UpstreamReply, TransportFault>
    ) -> (code: FailureCode, mayHaveArrived: Bool)? {
        if case .failure(let fault) = result { (fault.code, fault.mayHaveArrived) } else { nil }
    }

    @Test func `a request arrives to the byte and its reply comes back`() async throws {
        let request = Self.request(300_001)
        let result = try await Self.exchange(.answer(Self.ok, close: false), request: request) { server in
            let bytes = server.requests.first ?? []
            let text = String(decoding: bytes.prefix(1_000), as: UTF8.self)
            #expect(text.hasPrefix("POST /intake/v1/intake/batches HTTP/1.1\r\n"))
            #expect(text.contains("Intake-Batch-Id: b-1\r\n"))
            #expect(text.lowercased().contains("content-length: 300001\r\n"))
            #expect(!text.lowercased().contains("accept-encoding"))
            #expect(bytes.suffix(300_001).elementsEqual(Self.chunks(300_001).joined()))
        }
        let reply = try result.get()
        #expect(reply.status == 200 && reply.body == Array("{}".utf8))
        #expect(reply.value("content-type") == "application/json; charset=utf-8")
    }

    @Test func `1xx, chunks and Connection close are borne`() async throws {
        let text =
            "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n"
        #expect(try await Self.exchange(.answer(text, close: true)).get().body == Array("{}".utf8))
    }

    @Test func `a server of another CA is not spoken to`() async throws {
        let result = try await Self.exchange(
            .answer(Self.ok, close: false), credentials: Self.pki.credentials(trusting: Self.other)
        ) { #expect($0.requests.isEmpty) }
        let fault = try #require(Self.fault(result))
        #expect(fault == (.serverCertificateInvalid, false))
    }

    @Test func `a server of our CA for another host is not spoken to`() async throws {
        let wrong = Self.pki.authority.issue("upstream", host: "elsewhere.example")
        let result = try await Self.exchange(
            .answer(Self.ok, close: false), tls: Self.pki.serverConfiguration(wrong)
        ) { #expect($0.requests.isEmpty) }
        let fault = try #require(Self.fault(result))
        #expect(fault == (.serverCertificateInvalid, false))
    }

    @Test func `an expired server is not spoken to, and under a suspect clock that is a clock fault`() async throws {
        let old = Self.pki.authority.issue("upstream", host: "localhost", from: .now - 7_200, until: .now - 3_600)
        let tls = Self.pki.serverConfiguration(old)
        let trusted = try #require(Self.fault(try await Self.exchange(.silent, tls: tls)))
        #expect(trusted == (.serverCertificateInvalid, false))
        let suspect = try #require(
            Self.fault(try await Self.exchange(.silent, tls: tls, clock: Clock(quality: .suspect))))
        #expect(suspect == (.clockSuspect, false))
    }

    @Test func `a station that upstream's CA did not certify is refused by name`() async throws {
        let stranger = Self.other.issue("station-07")
        let result = try await Self.exchange(
            .answer(Self.ok, close: false), credentials: Self.pki.credentials(station: stranger)
        ) { #expect($0.requests.isEmpty) }
        #expect(try #require(Self.fault(result)).code == .upstreamRefusedStation)
    }

    @Test func `an expired certificate of our own is found before connecting`() async throws {
        let old = Self.pki.authority.issue("station-07", from: .now - 7_200, until: .now - 60)
        let result = try await Self.exchange(
            .answer(Self.ok, close: false), credentials: Self.pki.credentials(station: old)
        ) { #expect($0.connections == 0) }
        let fault = try #require(Self.fault(result))
        #expect(fault == (.clientCertificateExpired, false))
    }

    @Test func `a suspect clock before the certificates' time is a clock fault`() async throws {
        let clock = Clock(now: Timestamp(milliseconds: 0), quality: .suspect)
        let result = try await Self.exchange(.answer(Self.ok, close: false), clock: clock) {
            #expect($0.connections == 0)
        }
        let fault = try #require(Self.fault(result))
        #expect(fault == (.clockSuspect, false))
    }

    @Test func `TLS 1_2 is not spoken`() async throws {
        let result = try await Self.exchange(
            .answer(Self.ok, close: false), tls: Self.pki.serverConfiguration(maximum: .tlsv12))
        let fault = try #require(Self.fault(result))
        #expect(fault == (.networkUnreachable, false))
    }

    @Test func `a redirect is not followed`() async throws {
        let text = "HTTP/1.1 307 T\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
        let reply = try await Self.exchange(.answer(text, close: false)) { #expect($0.requests.count == 1) }.get()
        #expect(reply.status == 307)
    }

    @Test func `nothing is decompressed`() async throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
        #expect(try await Self.exchange(.answer(text, close: false)).get().body == Array("abc".utf8))
    }

    @Test func `an endless body and a long head are cut`() async throws {
        let endless = try #require(
            Self.fault(
                try await Self.exchange(.endless(head: "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n"))))
        #expect(endless.mayHaveArrived)
        let declared = try #require(
            Self.fault(
                try await Self.exchange(.endless(head: "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"))))
        #expect(declared == (.replyNotUpstream, true))
        let long = "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 40_000))\r\nContent-Length: 0\r\n\r\n"
        let head = try #require(Self.fault(try await Self.exchange(.answer(long, close: false))))
        #expect(head == (.replyNotUpstream, true))
        let longer = "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 400_000))\r\nContent-Length: 0\r\n\r\n"
        #expect(Self.fault(try await Self.exchange(.answer(longer, close: false)))?.mayHaveArrived == true)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Le", "",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{}", "SSH-2.0-OpenSSH_9.2\r\n",
    ]) func `a cut or foreign reply is a fault after which fate is asked`(_ text: String) async throws {
        let fault = try #require(Self.fault(try await Self.exchange(.answer(text, close: true))))
        #expect(fault == (.networkUnreachable, true))
    }

    @Test func `an upload that is cut may have arrived in part`() async throws {
        let result = try await Self.exchange(.closeAfter(bytes: 100_000), request: Self.request(3_000_000))
        let fault = try #require(Self.fault(result))
        #expect(fault == (.networkUnreachable, true))
    }

    @Test func `a refusal before the upload's end is a reply or a cut, and never hangs`() async throws {
        let text = "HTTP/1.1 413 Too large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        switch try await Self.exchange(.early(text), request: Self.request(3_000_000)) {
        case .success(let reply): #expect(reply.status == 413)
        case .failure(let fault): #expect(fault.mayHaveArrived)
        }
    }

    @Test func `an answer that drips ends with the exchange's time, not with its own`() async throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + String(repeating: " ", count: 900)
        // Were it to wait for the answer's own end, there would be an answer after 45 seconds. Less patience may be over before
        // a busy machine has sent the request.
        let result = try await Self.exchange(.drip(text), clock: Clock(patience: .seconds(10)))
        #expect(try #require(Self.fault(result)) == (.networkTimeout, true))
    }

    @Test func `a body that cannot be completed cuts the request`() async throws {
        struct Torn: BodySource {
            struct Lost: Error {}
            let size = 300_000
            func piece(_ index: Int) async throws -> [UInt8]? {
                guard index < 2 else { throw Lost() }
                return [UInt8](repeating: 7, count: 100_000)
            }
        }
        let request = UpstreamRequest(method: "POST", path: "/v1/intake/batches", body: Torn(), replyBodyBytes: 1_000)
        let result = try await Self.exchange(.answer(Self.ok, close: false), request: request) { server in
            #expect(server.requests.isEmpty, "never completed with other bytes")
        }
        #expect(try #require(Self.fault(result)).mayHaveArrived)
    }

    @Test func `certificates of tomorrow under a clock that nobody vouches for are a clock fault`() async throws {
        let tomorrow = Self.pki.authority.issue("station-07", from: .now + 86_400, until: .now + 2 * 86_400)
        let result = try await Self.exchange(
            .answer(Self.ok, close: false), credentials: Self.pki.credentials(station: tomorrow)
        ) { #expect($0.connections == 0) }
        #expect(try #require(Self.fault(result)) == (.clockSuspect, false))
    }

    @Test func `a certificate and another's key are refused before they are used`() {
        let stranger = Self.pki.authority.issue("station-08")
        #expect(throws: Failure.self) {
            try TLSCredentials(
                chainPEM: Self.pki.station.certificatePEM, privateKeyPEM: Redacted(stranger.keyPEM),
                trustRootsPEM: Self.pki.authority.pem)
        }
    }

    @Test func `silence ends in a timeout`() async throws {
        let result = try await Self.exchange(.silent, clock: Clock(patience: .seconds(5)))
        let fault = try #require(Self.fault(result))
        #expect(fault == (.networkTimeout, true))
    }

    @Test func `a captive portal that cannot do TLS, and a closed port, leave everything unsent`() async throws {
        let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
        let portal = try #require(Self.fault(try await Self.exchange(.blurt(page), tls: nil)))
        #expect(portal.mayHaveArrived == false)
        let transport = HTTPSTransport(
            base: try UpstreamBase("https://localhost:9"), credentials: Self.pki.credentials(), clock: Clock())
        await #expect {
            _ = try await transport.send(Self.request())
        } throws: { ($0 as? TransportFault).map { $0.code == .networkUnreachable && !$0.mayHaveArrived } ?? false }
        await transport.shutdown()
    }

    @Test func `a peer that never answers the handshake leaves everything unsent and does not hold up the end`()
        async throws
    {
        let start = ContinuousClock.now
        let fault = try #require(
            Self.fault(try await Self.exchange(.silent, tls: nil, clock: Clock(patience: .seconds(1)))))
        #expect(fault == (.networkTimeout, false))
        #expect(ContinuousClock.now - start < Limits.Uplink.connectDuration)
    }

    @Test func `a name that does not resolve is a network fault`() async throws {
        let transport = HTTPSTransport(
            base: try UpstreamBase("https://upstream.invalid"), credentials: Self.pki.credentials(),
            clock: Clock(patience: .seconds(20)))
        await #expect {
            _ = try await transport.send(Self.request())
        } throws: { ($0 as? TransportFault)?.mayHaveArrived == false }
        await transport.shutdown()
    }

    @Test func `cancellation is not a fault`() async throws {
        try await ScriptedServer.serving(.silent, tls: Self.pki.serverConfiguration()) { server in
            let transport = HTTPSTransport(
                base: try UpstreamBase("https://localhost:\(server.port)"), credentials: Self.pki.credentials(),
                clock: Clock())
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await transport.send(Self.request()) }
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
            await transport.shutdown()
        }
    }

    @Test func `new credentials are used without a restart`() async throws {
        try await ScriptedServer.serving(.answer(Self.ok, close: false), tls: Self.pki.serverConfiguration()) {
            server in
            let old = Self.pki.authority.issue("station-07", from: .now - 7_200, until: .now - 60)
            let transport = HTTPSTransport(
                base: try UpstreamBase("https://localhost:\(server.port)"),
                credentials: Self.pki.credentials(station: old), clock: Clock())
            await #expect(throws: TransportFault.self) { try await transport.send(Self.request()) }
            transport.replaceCredentials(Self.pki.credentials())
            #expect(try await transport.send(Self.request()).status == 200)
            await transport.shutdown()
        }
    }

    @Test func `credentials of another form are refused`() {
        let good = Self.pki.station
        for (chain, key, roots) in [
            ([], good.keyPEM, Self.pki.authority.pem), (good.certificatePEM, [], Self.pki.authority.pem),
            (good.certificatePEM, good.keyPEM, Array("nothing".utf8)), (good.keyPEM, good.keyPEM, good.keyPEM),
        ] as [([UInt8], [UInt8], [UInt8])] {
            #expect(throws: Failure.self) {
                try TLSCredentials(chainPEM: chain, privateKeyPEM: Redacted(key), trustRootsPEM: roots)
            }
        }
    }

    @Test(arguments: [
        ("error:10000412:SSL routines:OPENSSL_internal:SSLV3_ALERT_BAD_CERTIFICATE", [42]),
        ("[Error: 268436504 error:10000418:SSL routines at x.cc:1]", [48]),
        ("error:1000045c:SSL routines:OPENSSL_internal:TLSV1_CERTIFICATE_REQUIRED", [116]),
        ("error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED", []), ("nothing", []),
    ]) func `received alerts are read from BoringSSL's codes`(_ text: String, _ alerts: [Int]) {
        #expect(FaultClassifier.receivedAlerts(in: text) == alerts)
    }

    @Test func `time grows with the bytes sent`() {
        #expect(Self.request(2_048).duration == Limits.Uplink.replyDuration + .seconds(1))
        #expect(Self.request(2_048_000).duration == Limits.Uplink.replyDuration + .seconds(1_000))
    }
}
