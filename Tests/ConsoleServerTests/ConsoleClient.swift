import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Speaks to the console as anything on the machine could.
struct ConsoleClient {
    let port: Int

    struct Answer {
        let status: UInt
        let headers: HTTPHeaders
        let bytes: [UInt8]
        var text: String { String(decoding: bytes, as: UTF8.self) }
        /// The session's cookie that the answer sets, as a browser sends it back.
        var cookie: String? {
            headers.first(name: "Set-Cookie").map { String($0.prefix { $0 != ";" }) }
        }
    }

    /// Sends JSON as the console's own page does.
    func send(
        _ path: String, _ body: String = "{}", cookie: String? = nil, without: String? = nil,
        with more: [(String, String)] = []
    ) async throws -> Answer {
        var headers = [
            ("Origin", "http://127.0.0.1:\(port)"), ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/json"),
        ]
        headers.removeAll { $0.0 == without }
        if let cookie { headers.append(("Cookie", cookie)) }
        headers += more
        return try await ask(path, .POST, headers: headers, body: body)
    }

    /// Signs Lan in; returns the cookie.
    func signIn() async throws -> String {
        let answer = try await send("/api/sign-in", Self.lan)
        return answer.cookie ?? ""
    }

    static let lan = #"{"operatorId":"lan","secret":"right"}"#

    /// Asks as who has the cookie.
    func ask(_ path: String, cookie: String) async throws -> Answer {
        try await ask(path, headers: [("Cookie", cookie)])
    }

    func ask(_ path: String, _ method: HTTPMethod = .GET, headers: [(String, String)] = [], body: String? = nil)
        async throws
        -> Answer
    {
        let response = try await open(path, method, headers: headers, body: body)
        let body = try await response.body.collect(upTo: 1 << 20)
        return Answer(status: response.status.code, headers: response.headers, bytes: Array(body.readableBytesView))
    }

    func open(_ path: String, _ method: HTTPMethod = .GET, headers: [(String, String)] = [], body: String? = nil)
        async throws -> HTTPClientResponse
    {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        // A connection that the console is about to close, as after an event stream, must not be taken for the next request.
        request.headers.add(name: "Connection", value: "close")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        return try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    }
}
