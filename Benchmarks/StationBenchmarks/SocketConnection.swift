import Foundation
import StationCore

#if canImport(Glibc)
import Glibc
#endif

/// One kept connection to the station's socket, as `curl` would hold it: the bytes of a request out in one write, the
/// answer's in, so that what is measured is the daemon and not a client library.
final class SocketConnection {
    private let socket: Int32
    private let token: String?

    /// - Parameter token: of who is signed in.
    init(path: String, token: String? = nil) throws {
        self.token = token
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard socket >= 0, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw Failure(.stationUnreachable, "socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { throw Failure(.stationUnreachable, "connect: \(errno)") }
    }

    deinit { close(socket) }

    /// Sends a POST and returns the answer's status and body.
    func post(_ target: String, headers: [String: String], body: [UInt8]) throws -> (status: Int, body: [UInt8]) {
        try exchange("POST", target, headers: headers, body: body)
    }

    /// Sends a GET and returns the answer's status and body.
    func get(_ target: String) throws -> (status: Int, body: [UInt8]) {
        try exchange("GET", target, headers: [:], body: [])
    }

    private func exchange(
        _ method: String, _ target: String, headers: [String: String], body: [UInt8]
    ) throws -> (status: Int, body: [UInt8]) {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let fields = authorization + headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        let head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\(fields)\r\n"
        let request = Array(head.utf8) + body
        guard write(socket, request, request.count) == request.count else {
            throw Failure(.stationUnreachable, "write: \(errno)")
        }
        var answer: [UInt8] = []
        var end: Int?
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end, let length = Self.contentLength(answer[..<end]), answer.count >= end + length {
                return (Self.status(answer), Array(answer[end..<end + length]))
            }
            let count = read(socket, &buffer, buffer.count)
            guard count > 0 else { throw Failure(.stationUnreachable, "read: \(errno)") }
            answer += buffer[..<count]
            end = Data(answer).range(of: Data("\r\n\r\n".utf8))?.upperBound
        }
    }

    private static func status(_ answer: [UInt8]) -> Int {
        Int(String(decoding: answer.dropFirst(9).prefix(3), as: UTF8.self)) ?? 0
    }

    private static func contentLength(_ head: ArraySlice<UInt8>) -> Int? {
        String(decoding: head, as: UTF8.self).lowercased().split(separator: "\r\n")
            .first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
    }
}
