public import StationCore

/// What a reader and its driver can carry.
public struct ChannelCapabilities: Hashable, Sendable {
    /// Whether extended-length APDUs (ISO 7816-4, 5.2) pass.
    public let extendedLength: Bool
    /// Largest whole command APDU, in bytes.
    public let maximumCommandBytes: Int
    /// Largest whole response APDU, status word included, in bytes.
    public let maximumResponseBytes: Int

    /// States what a channel carries.
    public init(extendedLength: Bool, maximumCommandBytes: Int, maximumResponseBytes: Int) {
        self.extendedLength = extendedLength
        self.maximumCommandBytes = maximumCommandBytes
        self.maximumResponseBytes = maximumResponseBytes
    }

    /// A channel for short APDUs only.
    public static let short = ChannelCapabilities(
        extendedLength: false,
        maximumCommandBytes: 261,
        maximumResponseBytes: 258
    )
    /// A channel for any APDU.
    public static let extended = ChannelCapabilities(
        extendedLength: true,
        maximumCommandBytes: 65_544,
        maximumResponseBytes: 65_538
    )
}

/// The way to one card: command in, response out, in order, one at a time.
public protocol CardChannel: Sendable {
    /// What the channel carries.
    var capabilities: ChannelCapabilities { get async }

    /// What the card said when it was powered (ISO/IEC 7816-3, 8.2), or what stands for it behind a contactless reader;
    /// empty when it is not known.
    var answerToReset: [UInt8] { get async }

    /// Sends a whole command APDU and returns the whole response, the two bytes of the status word last.
    ///
    /// Throws `cardRemoved`, `cardMute` or a reader's failure; a status word other than 9000 is a response, not an
    /// error. 61xx and 6Cxx are handed up: the channel does not answer them by itself.
    func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8]
}

extension CardChannel {
    /// Not known.
    public var answerToReset: [UInt8] { get async { [] } }
}
