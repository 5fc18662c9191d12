import ChipDocument
import DocumentCrypto
import StationCore

import struct Foundation.Data

/// What an administrator's file holds, taken apart: PEM, DER, a master list, or an export of ICAO's Public Key Directory.
enum TrustPiece {
    case certificate(Certificate)
    case masterList(MasterList)
    case revocationList(RevocationList)

    /// The pieces of a file. Throws `trustFileInvalid` when a piece cannot be read: what people choose must be right.
    static func pieces(of bytes: [UInt8]) throws(Failure) -> [TrustPiece] {
        guard bytes.count <= Limits.Trust.fileBytes else { throw Failure(.trustFileInvalid, "too large") }
        if let exported = try DirectoryExport.values(bytes) {
            var result: [TrustPiece] = []
            for value in exported { result.append(try piece(of: value)) }
            return result
        }
        let blocks: [PEMText.Block]?
        do { blocks = try PEMText.blocks(bytes) } catch { throw Failure(.trustFileInvalid, error.detail) }
        guard let blocks else { return [try piece(of: bytes)] }
        var result: [TrustPiece] = []
        for block in blocks { result.append(try piece(of: block.bytes)) }
        return result
    }

    /// Told by its structure, not by its name: CMS starts with an object identifier, the two others with a signed part
    /// that differs early.
    private static func piece(of der: [UInt8]) throws(Failure) -> TrustPiece {
        if isMessage(der) { return .masterList(try MasterList(der)) }
        do throws(CryptoFailure) { return .certificate(try Certificate(der: der)) } catch {
            if let list = try? RevocationList(der: der) { return .revocationList(list) }
            // A list that is refused for what it says must not be called a malformed certificate.
            do throws(CryptoFailure) { _ = try RevocationList(der: der) } catch let second {
                if case .unsupported = second { throw Failure(.trustFileInvalid, second.words) }
            }
            throw Failure(.trustFileInvalid, error.words)
        }
    }

    private static func isMessage(_ der: [UInt8]) -> Bool {
        guard der.first == 0x30, der.count > 8 else { return false }
        let lengthBytes = der[1] > 0x80 ? Int(der[1] & 0x7f) : 0
        return lengthBytes <= 4 && der[2 + lengthBytes] == 0x06
    }
}

/// The LDIF files (RFC 2849) in which ICAO's Public Key Directory is published: master lists and revocation lists are
/// taken, document signers are not.
enum DirectoryExport {
    private static let attributes: Set<String> = [
        "pkdmasterlistcontent", "cscamasterlistdata", "certificaterevocationlist",
    ]

    /// The binary values of the attributes that matter; nil when the bytes are no such file.
    static func values(_ bytes: [UInt8]) throws(Failure) -> [[UInt8]]? {
        let start = bytes.prefix(1_024)
        guard start.starts(with: Array("dn:".utf8)) || start.starts(with: Array("version:".utf8)) else { return nil }
        var result: [[UInt8]] = []
        for line in unfolded(bytes) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
                line.dropFirst(colon + 1).first == UInt8(ascii: ":")
            else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            guard attributes.contains(String(name.prefix { $0 != ";" })) else { continue }
            let text = String(decoding: line.dropFirst(colon + 2).filter { $0 != UInt8(ascii: " ") }, as: UTF8.self)
            guard let value = Data(base64Encoded: text), result.count < Limits.Trust.directoryEntries else {
                throw Failure(.trustFileInvalid, "LDIF: \(name)")
            }
            result.append(Array(value))
        }
        return result
    }

    /// Lines with their continuations, which start with a space.
    private static func unfolded(_ bytes: [UInt8]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if text.first == UInt8(ascii: " "), !result.isEmpty {
                result[result.count - 1] += text.dropFirst()
            } else {
                result.append(Array(text))
            }
        }
        return result
    }
}
