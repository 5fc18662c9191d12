import StationCore

/// A card reader on bus 1 as umockdev describes devices, with the hub above it.
package struct MockReader: Sendable {
    private let port: Int
    private let address: Int
    private let vendor: UInt16
    private let product: UInt16
    private let serial: String?
    private let authorized: Bool
    private let configured: Bool
    private let driver: String?
    private let interfaceClass: UInt8

    /// Makes a reader.
    package init(
        port: Int = 1, address: Int = 2, vendor: UInt16 = 0x072f, product: UInt16 = 0x2200, serial: String? = nil,
        authorized: Bool = true, configured: Bool = true, driver: String? = nil, interfaceClass: UInt8 = 0x0b
    ) {
        self.port = port
        self.address = address
        self.vendor = vendor
        self.product = product
        self.serial = serial
        self.authorized = authorized
        self.configured = configured
        self.driver = driver
        self.interfaceClass = interfaceClass
    }

    /// The class descriptor of a reader for short APDUs with messages of 271 bytes.
    package static let ccid: [UInt8] = descriptor(exchange: 0x2_0000, message: 271)

    /// A class descriptor with another exchange level and message length.
    package static func descriptor(exchange: UInt32, message: UInt32) -> [UInt8] {
        func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        var bytes: [UInt8] = [54, 0x21, 0x00, 0x01, 0, 0x07]
        bytes += number(2) + number(4_000) + number(4_000) + [0] + number(9_600) + number(250_000) + [0]
        bytes += number(254) + number(0) + number(0) + number(exchange | 0x40) + number(message)
        return bytes + [0, 0, 0, 0, 0, 1]
    }

    /// The device descriptor and the one configuration (USB 2.0, 9.6).
    private var descriptors: [UInt8] {
        func half(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xff), UInt8(value >> 8)] }
        let device = [18, 1, 0x10, 0x01, 0, 0, 0, 8] + half(vendor) + half(product) + [0x07, 0x02, 1, 2, 3, 1]
        let extra = interfaceClass == 0x0b ? Self.ccid : []
        let interface: [UInt8] =
            [9, 4, 0, 0, 2, interfaceClass, 0, 0, 0] + extra + [7, 5, 0x02, 2, 64, 0, 0, 7, 5, 0x82, 2, 64, 0, 0]
        return device + [9, 2] + half(UInt16(9 + interface.count)) + [1, 1, 0, 0x80, 50] + interface
    }

    private static let controller = "/devices/pci0000:00/0000:00:14.0/usb1"
    private var path: String { "\(Self.controller)/1-\(port)" }

    /// Paths of the interface and the device, children first.
    package var paths: [String] { ["\(path)/1-\(port):1.0", path].map { "/sys\($0)" } }
    /// The node.
    package var node: String { "/dev/bus/usb/001/00\(address)" }

    /// The hub at the root of the bus, which holds no reader.
    package static let hub: String = {
        let bytes =
            "12010002090001406B1D0200150603020101"
            + "09021900010100E0000904000001090000000705810304000C"
        return """
            P: \(controller)
            N: bus/usb/001/001=\(bytes)
            E: DEVNAME=/dev/bus/usb/001/001
            E: DEVTYPE=usb_device
            E: SUBSYSTEM=usb
            A: dev=189:0
            A: bConfigurationValue=1\\n
            A: busnum=1\\n
            A: devnum=1\\n
            A: speed=480\\n
            H: descriptors=\(bytes)


            """
    }()

    /// The device and its interface, in umockdev's format.
    package var description: String {
        let bytes = Hex.text(descriptors).uppercased()
        let link = driver.map { "L: driver=../../../../../bus/usb/drivers/\($0)\n" } ?? ""
        return """
            P: \(path)
            N: bus/usb/001/00\(address)=\(bytes)
            E: DEVNAME=/dev/bus/usb/001/00\(address)
            E: DEVTYPE=usb_device
            E: BUSNUM=001
            E: DEVNUM=00\(address)
            E: SUBSYSTEM=usb
            A: dev=189:\(address - 1)
            A: authorized=\(authorized ? 1 : 0)\\n
            A: bConfigurationValue=\(configured ? "1" : "")\\n
            A: busnum=1\\n
            A: devnum=\(address)\\n
            A: speed=12\\n
            A: manufacturer=ACS\\n
            A: product=ACR122U PICC Interface\\n
            \(serial.map { "A: serial=\($0)\\n\n" } ?? "")H: descriptors=\(bytes)

            P: \(path)/1-\(port):1.0
            E: DEVTYPE=usb_interface
            E: INTERFACE=\(interfaceClass)/0/0
            E: SUBSYSTEM=usb
            A: bInterfaceClass=\(Hex.text([interfaceClass]))
            A: bInterfaceNumber=00
            \(link)

            """
    }
}
