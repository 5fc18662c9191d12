package import ChipDocument
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
        _ person: SyntheticPerson, chip: ChipPersonalisation = .citizenCard2021, options: CardOptions = CardOptions(),
        faults: Set<Fault> = []
    ) throws -> CardImage {
        let keys = try chip.makeKeys(random: random)
        var files: [FileIdentifier: [UInt8]] = [
            .cardAccess: chip.cardAccess,
            .dg1: DataGroupWriter.dataGroup1(person),
            .dg3: DataGroupWriter.dataGroup3(random: random.bytes(32)),
            .dg13: DataGroupWriter.dataGroup13(person, series: options.series),
            .dg14: try chip.dataGroup14(keys),
            .dg15: DataGroupWriter.dataGroup15(activeAuthentication: keys.active.publicKey),
        ]
        files[.dg2] = DataGroupWriter.dataGroup2(options.portrait)
        files[.com] = DataGroupWriter.common(CardProfile.vnm2021.dataGroups.filter { files[$0] != nil })
        for fault in faults { try fault.spoil(&files) }
        files[.sod] = try securityObject(files, signedAt: person.issueDate.midnight, faults: faults)
        if chip.showsStaticKey {
            files[.cardSecurity] = try sign(
                chip.cardSecurityContent(keys), contentType: ProtocolIdentifier.cardSecurity,
                signedAt: person.issueDate.midnight, faults: faults)
        }
        for fault in faults { fault.alter(&files) }
        if faults.contains(.alteredDG13) {
            var other = person
            other.fullName += " Giả"
            files[.dg13] = DataGroupWriter.dataGroup13(other, series: options.series)
        }
        var image = CardImage(
            files: files, cardAccessNumber: Redacted(person.number.cardAccessNumber),
            mrzInformation: Redacted(DataGroupWriter.mrzInformation(person)), chipAuthenticationKey: keys.chip,
            activeAuthenticationKey: keys.active, faults: faults)
        image.finiteFieldKey = keys.finiteField
        image.activeAuthenticationDigest = chip.activeAuthentication.digest
        return image
    }

    /// The same card with other files, its security object signed anew over what they are now: authentic but for what was
    /// changed.
    package func reissue(
        _ image: CardImage, signedAt time: Timestamp, _ change: (inout [FileIdentifier: [UInt8]]) throws -> Void
    ) throws -> CardImage {
        var image = image
        try change(&image.files)
        image.files[.sod] = try securityObject(image.files, signedAt: time, faults: image.faults)
        return image
    }

    private func securityObject(
        _ files: [FileIdentifier: [UInt8]], signedAt time: Timestamp, faults: Set<Fault>
    ) throws -> [UInt8] {
        var content = DataGroupWriter.securityObjectContent(files)
        for fault in faults { try fault.spoil(listOfHashes: &content) }
        let message = try sign(
            content, contentType: ProtocolIdentifier.ldsSecurityObject,
            signedAt: time, faults: faults)
        return TLV(0x77, message).encoded
    }

    private func sign(
        _ content: [UInt8], contentType: String, signedAt time: Timestamp, faults: Set<Fault>
    ) throws -> [UInt8] {
        let source = Boxed(random)
        let issuing = faults.contains(.foreignIssuer) ? try NationalAuthority(random: source) : authority
        let signer = try issuing.makeDocumentSigner(random: source)
        var message = try SignedData.sign(
            content: content, contentType: contentType, certificate: signer.certificate, key: signer.key,
            digest: .sha256, signingTime: time)
        // The signature is the last field of the structure: this is s of ECDSA.
        if faults.contains(.forgedSignature) { message[message.count - 1] ^= 1 }
        return message
    }
}

/// The portrait of every synthetic card: a face drawn from ellipses and gradients by a program, of nobody. It was
/// encoded once with OpenJPEG's opj_compress (JP2 box format, irreversible, ratio 44).
enum SyntheticPortrait {
    static let width = 413
    static let height = 531
    static var bytes: [UInt8] { PackageResources.portrait_jp2 }
}
