import CPCSC
package import StationCore

/// What the card service and the driver say of a reader itself, card or no card; each fact may be missing.
package struct ReaderIdentity: Hashable, Sendable {
    /// SCARD_ATTR_CHANNEL_ID: for USB, 0x0020 in the high half, then bus and device number.
    package let channel: UInt32?
    /// USB vendor (PC/SC part 10, wIdVendor).
    package let vendor: UInt16?
    /// USB product (PC/SC part 10, wIdProduct).
    package let product: UInt16?
    /// Serial number of the reader.
    package let serial: String?

    /// A reader that says nothing.
    package static let unknown = ReaderIdentity(channel: nil, vendor: nil, product: nil, serial: nil)

    /// Takes the facts.
    package init(channel: UInt32?, vendor: UInt16?, product: UInt16?, serial: String?) {
        self.channel = channel
        self.vendor = vendor
        self.product = product
        self.serial = serial
    }

    /// Asks about a reader of the card service. A reader that another program holds for itself, or that does not answer
    /// in time, says nothing.
    ///
    /// To be asked before a card is read on it: nobody can connect for himself alone while this question is open.
    package static func ask(_ reader: String, clock: any StationClock) async -> ReaderIdentity {
        let worker = WorkerThread(name: "pcsc-identity")
        let outcome = Outcome<ReaderIdentity>()
        worker.submit { outcome.settle(DirectConnection.identity(of: reader)) }
        worker.finish()
        let watchdog = Task {
            do { try await clock.sleep(for: Limits.USB.identityDuration) } catch { return }
            outcome.settle(.unknown)
        }
        defer { watchdog.cancel() }
        return await outcome.value
    }
}

/// A connection to the reader alone (SCARD_SHARE_DIRECT), which powers no card. Every call blocks.
private enum DirectConnection {
    /// Where the reader is plugged in.
    private static let channelID: DWORD = 0x0002_0110
    /// The reader's serial number.
    private static let serialNumber: DWORD = 0x0001_0103

    static func identity(of reader: String) -> ReaderIdentity {
        guard let context = try? PCSCContext.establish() else { return .unknown }
        defer { context.release() }
        var card = SCARDHANDLE()
        var used = DWORD()
        let connected = unsafe PCSCStatus(
            SCardConnect(context.handle, reader, DWORD(SCARD_SHARE_DIRECT), 0, &card, &used))
        guard connected == .success else { return .unknown }
        defer { _ = SCardDisconnect(card, DWORD(SCARD_LEAVE_CARD)) }
        let control = ReaderControl(card: card)
        let properties = control.properties() ?? []
        return ReaderIdentity(
            channel: control.attribute(channelID).flatMap(ReaderFeatures.channel),
            vendor: ReaderFeatures.half(ReaderFeatures.vendor, properties: properties),
            product: ReaderFeatures.half(ReaderFeatures.product, properties: properties),
            serial: control.attribute(serialNumber).flatMap(ReaderFeatures.serialNumber))
    }
}
