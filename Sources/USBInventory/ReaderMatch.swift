/// What the card service says of one of its readers that helps to find it on the USB tree; each fact may be missing.
package struct ServedReader: Hashable, Sendable {
    /// The service's name for it.
    package let name: String
    /// SCARD_ATTR_CHANNEL_ID (PC/SC part 3, 3.1.4): for USB, 0x0020 in the high half, then bus and device number.
    package let channel: UInt32?
    /// idVendor (PC/SC part 10, wIdVendor).
    package let vendor: USBNumber?
    /// idProduct (PC/SC part 10, wIdProduct).
    package let product: USBNumber?
    /// Serial number (SCARD_ATTR_VENDOR_IFD_SERIAL_NO).
    package let serial: String?

    /// Takes the facts.
    package init(name: String, channel: UInt32?, vendor: USBNumber?, product: USBNumber?, serial: String?) {
        self.name = name
        self.channel = channel
        self.vendor = vendor
        self.product = product
        self.serial = serial
    }

    /// Whether it says that it is a USB device.
    package var isOnUSB: Bool { usbAddress != nil }

    /// Bus and device number of a USB channel.
    var usbAddress: (bus: Int, address: Int)? {
        guard let channel, channel >> 16 == 0x0020 else { return nil }
        return (Int(channel >> 8 & 0xff), Int(channel & 0xff))
    }
}

/// The card service's readers found on the USB tree. Pure: what is ambiguous stays so.
package struct ReaderMatch: Hashable, Sendable {
    /// The device of each reader that was found, by the reader's name. Several readers may be slots of one device.
    package let devices: [String: USBDevice]
    /// Devices that no reader can be, with the reason, in the inventory's order.
    package let notServed: [NotServed]

    /// A device without a reader.
    package struct NotServed: Hashable, Sendable {
        /// The device.
        package let device: USBDevice
        /// What is in the way.
        package let reason: NotServedReason
    }

    /// Matches by channel; a reader that does not tell its channel, by vendor, product and serial number.
    package init(devices inventory: [USBDevice], readers: [ServedReader]) {
        var found: [String: USBDevice] = [:]
        for reader in readers {
            guard let place = reader.usbAddress else { continue }
            found[reader.name] = inventory.first {
                $0.bus == place.bus && $0.address == place.address && Self.agrees($0, reader)
            }
        }
        let byChannel = Set(found.values)
        var doubtful: Set<USBDevice> = []
        for reader in readers where reader.channel == nil && reader.vendor != nil && reader.product != nil {
            let candidates = inventory.filter { !byChannel.contains($0) && Self.agrees($0, reader) }
            if candidates.count == 1 { found[reader.name] = candidates[0] } else { doubtful.formUnion(candidates) }
        }
        devices = found
        let served = Set(found.values)
        notServed = inventory.filter { !served.contains($0) && !doubtful.contains($0) }
            .map { NotServed(device: $0, reason: NotServedReason($0)) }
    }

    /// Whether nothing that both sides tell contradicts. A serial number that one side does not tell says nothing.
    private static func agrees(_ device: USBDevice, _ reader: ServedReader) -> Bool {
        if let vendor = reader.vendor, vendor != device.vendor { return false }
        if let product = reader.product, product != device.product { return false }
        if let own = device.serial, let told = reader.serial, own != told { return false }
        return true
    }
}
