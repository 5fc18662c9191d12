import Crypto
import Foundation
import StationAPI
import StationCore

/// A file that `audit export` wrote: rows in order, one JSON object a line, the signed head last. Read line by line, so that
/// the audit of years fits.
enum AuditExport {
    /// Walks the chain. A row that does not follow from the one before, a file that ends before its head, and a head that
    /// is not the last row's or, with a key, not signed by it, break the chain there. Throws `auditFileInvalid` for lines
    /// that are neither rows nor a head.
    /// - Parameter key: the station's Ed25519 public key; nil leaves the signature unchecked.
    static func verify(_ file: FileHandle, key: [UInt8]?) throws -> AuditReport {
        var last: (sequence: Int64, hash: String) = (0, String(repeating: "0", count: 64))
        var head: AuditPage.Head?
        for line in LineReader(file) {
            let line = try line.get()
            guard head == nil else { throw Failure(.auditFileInvalid, "a line behind the head") }
            if let row = try? StrictJSON.decode(AuditPage.Row.self, from: line) {
                guard row.sequence == last.sequence + 1, try hash(of: row, after: last.hash) == row.hash else {
                    return broken(at: last.sequence + 1)
                }
                last = (row.sequence, row.hash)
            } else if let found = try? StrictJSON.decode(AuditPage.Head.self, from: line) {
                head = found
            } else {
                throw Failure(.auditFileInvalid, "the line behind row \(last.sequence) is neither a row nor a head")
            }
        }
        guard let head, head.sequence == last.sequence, head.hash == last.hash, try isSigned(head, by: key) else {
            return broken(at: last.sequence + 1)
        }
        return AuditReport(intact: true, rows: last.sequence, brokenAt: nil)
    }

    private static func broken(at row: Int64) -> AuditReport {
        AuditReport(intact: false, rows: row - 1, brokenAt: row)
    }

    private static func hash(of row: AuditPage.Row, after previous: String) throws -> String {
        func name(_ text: String?) throws -> WireName? {
            try text.map { text throws(Failure) in
                guard let name = WireName(text) else { throw Failure(.auditFileInvalid, "row \(row.sequence)") }
                return name
            }
        }
        guard let actor = try name(row.actor), let action = try name(row.action) else { return "" }
        let bytes = AuditRowBytes.canonical(
            sequence: row.sequence, at: row.at, clockQuality: row.clockQuality, actor: actor, action: action,
            object: try name(row.object), itemSequence: row.itemSequence, detail: try name(row.detail),
            previous: previous)
        return Hex.text(SHA256.hash(data: bytes))
    }

    private static func isSigned(_ head: AuditPage.Head, by key: [UInt8]?) throws -> Bool {
        guard let key else { return true }
        guard let station = WireName(head.stationId), let signature = Data(base64Encoded: head.signature) else {
            return false
        }
        let bytes = AuditRowBytes.head(stationId: station, sequence: head.sequence, hash: head.hash)
        return try Curve25519.Signing.PublicKey(rawRepresentation: key).isValidSignature(signature, for: bytes)
    }
}

/// The lines of a file, none longer than a row may be.
private struct LineReader: Sequence, IteratorProtocol {
    private let file: FileHandle
    private var buffer: [UInt8] = []
    private var isAtEnd = false

    init(_ file: FileHandle) { self.file = file }

    mutating func next() -> Result<[UInt8], Failure>? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[..<end])
                buffer.removeFirst(end + 1)
                return .success(line)
            }
            guard !isAtEnd else {
                defer { buffer = [] }
                return buffer.isEmpty ? nil : .success(buffer)
            }
            guard buffer.count <= Limits.Local.auditLineBytes else {
                (isAtEnd, buffer) = (true, [])
                return .failure(Failure(.auditFileInvalid, "a line over \(Limits.Local.auditLineBytes) bytes"))
            }
            guard let more = try? file.read(upToCount: 65_536), !more.isEmpty else {
                isAtEnd = true
                continue
            }
            buffer += more
        }
    }
}
