import Foundation
import NIOCore
import StationCore
import Testing

@testable import LocalServer

/// Requests that no client library sends, on a real socket: what is no HTTP/1.1, what two parsers would cut differently
/// (RFC 9112, section 11.2), and what never ends.
@Suite(.timeLimit(.minutes(5))) struct RawRequestTests {
    /// A request that would be answered with 200 if it were ever taken for one.
    private static let second = "GET /v1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let post =
        "POST /v1/operators/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    /// Every one is followed by `second` on the same connection.
    static let broken: [(name: String, bytes: String, code: FailureCode)] = [
        (
            "Content-Length and Transfer-Encoding",
            post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .requestMalformed
        ),
        (
            "Transfer-Encoding and Content-Length",
            post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", .requestMalformed
        ),
        ("two lengths", post + "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}", .requestMalformed),
        ("one length twice", post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", .requestMalformed),
        ("a list of lengths", post + "Content-Length: 2, 40\r\n\r\n{}", .requestMalformed),
        ("a length with a sign", post + "Content-Length: +2\r\n\r\n{}", .requestMalformed),
        ("a negative length", post + "Content-Length: -2\r\n\r\n{}", .requestMalformed),
        ("a length past 64 bits", post + "Content-Length: 18446744073709551618\r\n\r\n{}", .requestMalformed),
        ("chunked, but not last", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", .requestMalformed),
        (
            "a coding that only looks like chunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            .requestMalformed
        ),
        ("a chunk size that is none", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", .requestMalformed),
        (
            "a chunk size past 64 bits", post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            .requestMalformed
        ),
        (
            "a chunk longer than it says", post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}{}\r\n0\r\n\r\n",
            .requestMalformed
        ),
        ("a space before the colon", "GET /v1 HTTP/1.1\r\nHost : localhost\r\n\r\n", .requestMalformed),
        (
            "a field folded over two lines", "GET /v1 HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
            .requestMalformed
        ),
        ("NUL in a field", "GET /v1 HTTP/1.1\r\nHost: localhost\r\nX: a\u{0}b\r\n\r\n", .requestMalformed),
        ("a method that is none", "G\u{1}T /v1 HTTP/1.1\r\nHost: localhost\r\n\r\n", .requestMalformed),
        ("another version", "GET /v1 HTTP/3.7\r\nHost: localhost\r\n\r\n", .requestMalformed),
        ("no version", "GET /v1\r\n\r\n", .requestMalformed),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .requestMalformed),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}", .requestMalformed),
        (
            "one field past the head's limit",
            "GET /v1 HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: Limits.Local.headBytes))\r\n\r\n",
            .requestTooLarge
        ),
        (
            "a path past the head's limit",
            "GET /v1?\(String(repeating: "a", count: Limits.Local.headBytes)) HTTP/1.1\r\nHost: localhost\r\n\r\n",
            .requestTooLarge
        ),
        (
            "many fields past the head's limit",
            "GET /v1 HTTP/1.1\r\nHost: localhost\r\n"
                + (0..<40).map { "X-\($0): \(String(repeating: "a", count: Limits.Local.headBytes / 30))\r\n" }.joined()
                + "\r\n",
            .requestTooLarge
        ),
        (
            "one field too many",
            "GET /v1 HTTP/1.1\r\nHost: localhost\r\n"
                + (0..<Limits.Local.headFields).map { "X-\($0): a\r\n" }.joined() + "\r\n",
            .requestTooLarge
        ),
    ]

    @Test(arguments: broken.indices) func whatIsNoRequestIsRefusedOnceAndTheConnectionEnds(_ index: Int) async throws {
        let (name, bytes, code) = Self.broken[index]
        try await withLocalServer { _, _, path in
            let answers = try await answers(to: bytes + Self.second, at: path)
            #expect(answers.count == 1, "\(name): \(answers)")
            let answer = try #require(answers.first)
            #expect(answer.hasPrefix("HTTP/1.1 \(code.httpStatus) "), "\(name): \(answer)")
            #expect(answer.lowercased().contains("content-type: application/problem+json"), "\(name): \(answer)")
            #expect(answer.lowercased().contains("connection: close"), "\(name): \(answer)")
            #expect(answer.contains(#""code":"\#(code.rawValue)""#), "\(name): \(answer)")
        }
    }

    /// The limits are limits, and not less: what lies just under them is served.
    @Test func whatLiesUnderTheLimitsIsServed() async throws {
        let head = "GET /v1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        let long = head + "X: \(String(repeating: "a", count: Limits.Local.headBytes - head.utf8.count - 64))\r\n\r\n"
        let many = head + (0..<Limits.Local.headFields - 2).map { "X-\($0): a\r\n" }.joined() + "\r\n"
        for request in [long, many] {
            try await withLocalServer { _, _, path in
                let answers = try await answers(to: request, at: path)
                #expect(answers.count == 1 && answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200") }, "\(answers)")
            }
        }
    }

    @Test func whatFollowsAGoodRequestIsJudgedOnItsOwn() async throws {
        try await withLocalServer { _, _, path in
            let answers = try await answers(to: Self.second + "nonsense\r\n\r\n" + Self.second, at: path)
            try #require(answers.count == 2, "\(answers)")
            #expect(answers[0].hasPrefix("HTTP/1.1 200"))
            #expect(answers[1].hasPrefix("HTTP/1.1 400") && answers[1].contains("request-malformed"))
        }
    }

    /// A body as fast as the socket takes it: the route has answered long before, and listens no longer.
    @Test(arguments: ["/v1/operators/sign-in", "/v1/applications", "/v1/shifts", "/v1/nowhere", "/v1"])
    func aBodyWithoutEndIsNotTakenForEver(path route: String) async throws {
        for framing in ["Content-Length: 1099511627776\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"] {
            try await withLocalServer { _, _, path in
                let (sent, answer) = await sendWithoutEnd(
                    "POST \(route) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + framing,
                    piece: "10000\r\n" + String(repeating: "a", count: 65_536) + "\r\n", to: path)
                #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(answer.prefix(2_000))")
                #expect(answer.contains("application/problem+json"), "\(answer.prefix(2_000))")
                // What the route may read, and what the socket holds; not what half a minute lets through.
                #expect(sent < 4 * Limits.Local.bodyBytes, "\(route): \(sent)")
            }
        }
    }

    /// What came back on one connection that only the server ends, an answer each.
    private func answers(to bytes: String, at path: String) async throws -> [String] {
        let all = Collected()
        try await withRawConnection(to: path) { inbound, outbound in
            try await outbound.write(ByteBuffer(string: bytes))
            for try await part in inbound { all.append(String(buffer: part)) }
        }
        return all.text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { "HTTP/1.1 " + $0 }
    }
}
