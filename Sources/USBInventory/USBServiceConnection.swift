import Foundation
import StationCore
import Synchronization

/// One connection to `intake-usb`: its messages as they come, requests as lines. A thread of its own reads.
final class USBServiceConnection: Sendable {
    /// What the service says; ends with the connection, also when the service says what is no message.
    let messages: AsyncStream<USBMessage>
    /// The connected socket; -1 once the reading thread has closed it.
    private let descriptor: Mutex<Int32>

    /// Connects. Throws `stationUnreachable` naming the fault.
    init(path: String) throws(Failure) {
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw Failure(.stationUnreachable, "socket: error \(errno)") }
        let status = Self.connect(socket, path)
        guard status == 0 else {
            close(socket)
            throw Failure(.stationUnreachable, "\(path): error \(status)")
        }
        descriptor = Mutex(socket)
        let (messages, continuation) = AsyncStream.makeStream(
            of: USBMessage.self, bufferingPolicy: .bufferingNewest(Limits.USB.waitingMessages))
        self.messages = messages
        continuation.onTermination = { [weak self] _ in self?.end() }
        let thread = Thread { [self] in
            Thread.current.name = "usb-service"
            Self.read(socket) { continuation.yield($0) }
            continuation.finish()
            descriptor.withLock { descriptor in
                close(descriptor)
                descriptor = -1
            }
        }
        thread.start()
    }

    /// Asks for a reset. Returns whether the request went out.
    func requestReset(of port: USBPort) -> Bool {
        let line = Array("reset \(port)\n".utf8)
        return descriptor.withLock { unsafe send($0, line, line.count, Int32(MSG_NOSIGNAL)) } == line.count
    }

    /// Ends the connection; the stream ends with it.
    func end() { descriptor.withLock { if $0 >= 0 { _ = shutdown($0, Int32(SHUT_RDWR)) } } }

    private static func read(_ socket: Int32, _ take: (USBMessage) -> Void) {
        var buffer = LineBuffer(limit: Limits.USB.lineBytes)
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe recv(socket, &chunk, chunk.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count > 0, let lines = try? buffer.take(chunk[..<count]) else { return }
            for line in lines {
                guard let message = try? USBMessage(line: line) else { return }
                take(message)
            }
        }
    }

    /// Returns 0, or the error's number.
    private static func connect(_ socket: Int32, _ path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0) else {
            return ENAMETOOLONG
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let status = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Foundation.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return status == 0 ? 0 : errno
    }
}
