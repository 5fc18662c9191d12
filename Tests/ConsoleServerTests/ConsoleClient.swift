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
    }

    func ask(_ path: String, _ method: HTTPMethod = .GET, headers: [(String, String)] = []) async throws -> Answer {
        let response = try await open(path, method, headers: headers)
        let body = try await response.body.collect(upTo: 1 << 20)
        return Answer(status: response.status.code, headers: response.headers, bytes: Array(body.readableBytesView))
    }

    func open(_ path: String, _ method: HTTPMethod = .GET, headers: [(String, String)] = []) async throws
        -> HTTPClientResponse
    {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        return try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    }
}
