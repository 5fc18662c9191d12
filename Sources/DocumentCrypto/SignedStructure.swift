/// SIGNED{…} of X.509: what certificates and revocation lists are.
struct SignedStructure {
    /// The signed part, as found.
    let body: BERElement
    private let algorithm: BERElement
    private let signature: [UInt8]

    init(_ der: [UInt8], named name: String) throws(CryptoFailure) {
        let whole = try BERReader.only(der[...], BERElement.sequence, named: name, rules: .der)
        var reader = BERReader(whole.content, named: name, rules: .der)
        body = try reader.next(BERElement.sequence)
        algorithm = try reader.next(BERElement.sequence)
        signature = try reader.next(BERElement.bitString).bytesOfBits(name)
        try reader.finish()
    }

    /// The algorithm that the unsigned part names.
    func signatureAlgorithm() throws(CryptoFailure) -> SignatureAlgorithm { try SignatureAlgorithm(algorithm) }

    /// Whether the algorithm that the signed part names is the same (RFC 5280, 4.1.1.2).
    func agrees(with inner: BERElement) -> Bool { inner.encoded.elementsEqual(algorithm.encoded) }

    /// Throws `signatureInvalid` or `unsupported` unless the key made the signature.
    func verify(by key: PublicKey) throws(CryptoFailure) {
        try key.verify(signature, signatureAlgorithm(), over: Array(body.encoded))
    }
}

/// The extensions of a certificate or a revocation list (RFC 5280, 4.2).
struct X509Extensions {
    private(set) var values: [[UInt8]: (isCritical: Bool, value: [UInt8])] = [:]

    /// From the element inside the explicit tag; without one there are none.
    init(_ tagged: BERElement?, named name: String) throws(CryptoFailure) {
        guard let tagged else { return }
        var reader = BERReader(
            try BERReader.only(tagged.content, BERElement.sequence, named: name, rules: .der).content,
            named: name,
            rules: .der
        )
        while !reader.isAtEnd {
            var fields = reader.inside(try reader.next(BERElement.sequence))
            let identifier = try Array(fields.next(BERElement.objectIdentifier).content)
            let flag = try fields.nextIfPresent(0x01)
            let value = try fields.next(BERElement.octetString)
            try fields.finish()
            guard values[identifier] == nil, flag == nil || flag?.content.count == 1 else { throw .malformed(name) }
            values[identifier] = (flag?.content.first.map { $0 != 0 } ?? false, Array(value.content))
        }
    }

    func value(_ identifier: [UInt8]) -> [UInt8]? { values[identifier]?.value }

    /// The identifiers of critical extensions.
    var critical: Set<[UInt8]> { Set(values.filter { $0.value.isCritical }.keys) }

    static let subjectKeyIdentifier: [UInt8] = [0x55, 0x1d, 0x0e]
    static let keyUsage: [UInt8] = [0x55, 0x1d, 0x0f]
    static let privateKeyUsagePeriod: [UInt8] = [0x55, 0x1d, 0x10]
    static let cRLNumber: [UInt8] = [0x55, 0x1d, 0x14]
    static let authorityKeyIdentifier: [UInt8] = [0x55, 0x1d, 0x23]
    static let documentType: [UInt8] = [0x67, 0x81, 0x08, 0x01, 0x01, 0x06, 0x02]
    static let extendedKeyUsage: [UInt8] = [0x55, 0x1d, 0x25]
}
