import StationCore

/// A card reader on the USB tree, whether or not the card service serves it: facts only, no judgement.
package struct USBDevice: Codable, Hashable, Sendable {
    /// What this process may do with the device's node.
    package enum Access: String, Codable, Sendable {
        /// Read and write it.
        case granted
        /// Not even that: the node's owner or group is another.
        case denied
        /// The node is not there: the device is on its way out.
        case gone
    }

    /// Where it is plugged in.
    package let port: USBPort
    /// The bus' number.
    package let bus: Int
    /// The device's number on the bus; another after each plugging.
    package let address: Int
    /// idVendor.
    package let vendor: USBNumber
    /// idProduct.
    package let product: USBNumber
    /// iManufacturer, as the kernel read it.
    package let manufacturer: String?
    /// iProduct, as the kernel read it.
    package let productName: String?
    /// iSerialNumber, as the kernel read it; many readers have none, and some have one that is not their own.
    package let serial: String?
    /// The class descriptor of its first CCID interface; nil for a reader without one, or one that contradicts itself.
    package let ccid: CCIDDescriptor?
    /// Whether the kernel lets it be used at all (`authorized` in sysfs; USBGuard and the like take that away).
    package let authorized: Bool
    /// Whether it has a configuration. Without one it has no more power than it needs to be seen: the kernel refuses
    /// one that the hub cannot feed.
    package let configured: Bool
    /// Drivers bound to its interfaces, in the interfaces' order; `usbfs` stands for a program.
    package let drivers: [String]
    /// What this process may do with it.
    package let access: Access

    /// Takes the facts.
    package init(
        port: USBPort, bus: Int, address: Int, vendor: USBNumber, product: USBNumber, manufacturer: String? = nil,
        productName: String? = nil, serial: String? = nil, ccid: CCIDDescriptor? = nil, authorized: Bool = true,
        configured: Bool = true, drivers: [String] = [], access: Access = .granted
    ) {
        self.port = port
        self.bus = bus
        self.address = address
        self.vendor = vendor
        self.product = product
        self.manufacturer = manufacturer
        self.productName = productName
        self.serial = serial
        self.ccid = ccid
        self.authorized = authorized
        self.configured = configured
        self.drivers = drivers
        self.access = access
    }
}
