import ChipDocument
import CitizenCard
import DocumentCrypto
package import StationCore

/// Makes synthetic cards under one throw-away authority.
package struct CardIssuer: Sendable {
    /// The authority; its certificate is the readers' trust anchor.
    package let authority: NationalAuthority
    private let random: any RandomSource

    /// Issues under an authority.
    package init(authority: NationalAuthority, random: some RandomSource = SystemRandomSource()) {
        self.authority = authority
        self.random = random
    }

    /// Makes the chip of a person, with the faults that are the issuer's built in and the chip's noted.
    package func issue(
        _ person: SyntheticPerson, options: CardOptions = CardOptions(), faults: Set<Fault> = []
    ) throws -> CardImage {
        let source = Boxed(random)
        let generator = try CurvePoint.generator(of: .brainpoolP256r1)
        let chipKey = try SigningKey(CurveKeyPair(generator: generator, random: source))
        let activeKey = try SigningKey.generateRSA(bits: 2_048)
        var files: [FileIdentifier: [UInt8]] = [
            .cardAccess: DataGroupWriter.cardAccess,
            .dg1: DataGroupWriter.dataGroup1(person),
            .dg3: DataGroupWriter.dataGroup3(random: random.bytes(32)),
            .dg13: DataGroupWriter.dataGroup13(person, series: options.series),
            .dg14: try DataGroupWriter.dataGroup14(chipAuthentication: chipKey.publicKey),
            .dg15: DataGroupWriter.dataGroup15(activeAuthentication: activeKey.publicKey),
        ]
        files[.dg2] = DataGroupWriter.dataGroup2(options.portrait)
        files[.com] = DataGroupWriter.common(CardProfile.vnm2021.dataGroups.filter { files[$0] != nil })
        files[.sod] = try securityObject(files, signedAt: person.issueDate.midnight, faults: faults)
        if faults.contains(.alteredDG13) {
            var other = person
            other.fullName += " Giả"
            files[.dg13] = DataGroupWriter.dataGroup13(other, series: options.series)
        }
        return CardImage(
            files: files, cardAccessNumber: Redacted(person.number.cardAccessNumber),
            mrzInformation: Redacted(DataGroupWriter.mrzInformation(person)), chipAuthenticationKey: chipKey,
            activeAuthenticationKey: activeKey, faults: faults)
    }

    private func securityObject(
        _ files: [FileIdentifier: [UInt8]], signedAt time: Timestamp, faults: Set<Fault>
    ) throws -> [UInt8] {
        let source = Boxed(random)
        let issuing = faults.contains(.foreignIssuer) ? try NationalAuthority(random: source) : authority
        let signer = try issuing.makeDocumentSigner(random: source)
        var message = try SignedData.sign(
            content: DataGroupWriter.securityObjectContent(files), contentType: ProtocolIdentifier.ldsSecurityObject,
            certificate: signer.certificate, key: signer.key, digest: .sha256, signingTime: time)
        // The signature is the last field of the structure: this is s of ECDSA.
        if faults.contains(.forgedSignature) { message[message.count - 1] ^= 1 }
        return TLV(0x77, message).encoded
    }
}

/// The portrait of every synthetic card: a face drawn from ellipses and gradients by a program, of nobody. It was
/// encoded once with OpenJPEG's opj_compress (JP2 box format, irreversible, ratio 44).
enum SyntheticPortrait {
    static let width = 413
    static let height = 531
    static var bytes: [UInt8] { PackageResources.portrait_jp2 }
}
