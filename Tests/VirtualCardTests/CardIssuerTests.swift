import ChipDocument
import DocumentCrypto
import StationCore
import Testing

@testable import VirtualCard

@Suite struct CardIssuerTests {
    @Test func `the security object is signed under the authority and lists every data group`() throws {
        let file = try TLV(parsing: #require(TestCards.image.files[.sod]), tag: 0x77)
        let signed = try SignedData(file.value)
        #expect(signed.contentType == "2.23.136.1.1.1")
        let signer = try signed.verifiedSigner()
        #expect(signer.certificate.isSigned(by: TestCards.authority.certificate))
        #expect(signer.certificate.keyUsage == [.digitalSignature] && !signer.certificate.isAuthority)
        for group: FileIdentifier in [.dg1, .dg2, .dg3, .dg13, .dg14, .dg15] {
            #expect(Self.lists(signed, try #require(TestCards.image.files[group])), "\(group)")
        }
        #expect(
            TestCards.image.files[.com]
                == Hex.bytes("60185F0104303130375F36063034303030305C0661756 36D6E6F".filter { $0 != " " }))
    }

    @Test func `forged, altered and foreign cards are what they say`() throws {
        func issued(_ fault: Fault) throws -> (CardImage, SignedData) {
            let image = try TestCards.issuer.issue(TestCards.person, faults: [fault])
            return (image, try SignedData(TLV(parsing: #require(image.files[.sod]), tag: 0x77).value))
        }
        let (_, forged) = try issued(.forgedSignature)
        #expect(throws: CryptoFailure.signatureInvalid) { try forged.verifiedSigner() }
        let (altered, intact) = try issued(.alteredDG13)
        _ = try intact.verifiedSigner()
        #expect(!Self.lists(intact, try #require(altered.files[.dg13])))
        #expect(Self.lists(intact, try #require(altered.files[.dg1])))
        let (_, foreign) = try issued(.foreignIssuer)
        #expect(try !foreign.verifiedSigner().certificate.isSigned(by: TestCards.authority.certificate))
    }

    private static func lists(_ signed: SignedData, _ file: [UInt8]) -> Bool {
        let digest = DigestAlgorithm.sha256.digest(file)
        return signed.content.indices.contains { signed.content[$0...].starts(with: digest) }
    }

    @Test func `DG2 carries the JPEG 2000 portrait in an ISO 19794-5 record`() throws {
        let file = try TLV(parsing: #require(TestCards.image.files[.dg2]), tag: 0x75)
        let group = try TLV(parsing: file.value, tag: 0x7F61).children()
        #expect(group.first == TLV(.integer, [1]))
        let template = try #require(group.last)
        let record = try #require(try template.children().last)
        #expect(record.tag == 0x5F2E && record.value.starts(with: Array("FAC\0010\0".utf8)))
        #expect(record.value[8..<12].reduce(0) { $0 << 8 | Int($1) } == record.value.count)
        #expect(record.value[14..<18].reduce(0) { $0 << 8 | Int($1) } == record.value.count - 14)
        #expect(Array(record.value[46...]) == SyntheticPortrait.bytes)
        #expect(SyntheticPortrait.bytes.starts(with: [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20]))
        #expect((10_000...16_000).contains(SyntheticPortrait.bytes.count))
    }
}
