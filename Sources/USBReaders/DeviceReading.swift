import CUSB
import Glibc
import StationCore
import USBInventory

/// One libusb device, read from what the kernel keeps of it; the device itself is not asked.
struct DeviceReading {
    let port: USBPort
    /// The device as a card reader; nil when it is none.
    let reader: USBDevice?

    /// Nil for a device without a port, such as a root hub.
    init?(_ device: OpaquePointer) {
        guard let port = unsafe Self.port(device) else { return nil }
        self.port = port
        var descriptor = libusb_device_descriptor()
        guard unsafe libusb_get_device_descriptor(device, &descriptor) == 0 else { return nil }
        let sysfs = SysfsDevice(port)
        let active = unsafe Interfaces(device)
        let known = KnownReaders.contains(vendor: descriptor.idVendor, product: descriptor.idProduct)
        // Without a configuration nothing is known of the interfaces; the first of the possible ones tells the class.
        let interfaces = active ?? (unsafe Interfaces(device, configurationAt: 0))
        guard known || interfaces?.cardReaders.isEmpty == false else {
            reader = nil
            return
        }
        let bus = Int(unsafe libusb_get_bus_number(device))
        let address = Int(unsafe libusb_get_device_address(device))
        reader = USBDevice(
            port: port, bus: bus, address: address, vendor: USBNumber(descriptor.idVendor),
            product: USBNumber(descriptor.idProduct), manufacturer: sysfs.text("manufacturer"),
            productName: sysfs.text("product"), serial: sysfs.text("serial"),
            ccid: interfaces?.cardReaders.lazy.compactMap { CCIDDescriptor(following: $0.extra) }.first,
            authorized: sysfs.isAuthorized, configured: active != nil,
            drivers: active.map { active in
                active.cardReadersOrAll.compactMap {
                    sysfs.driver(configuration: active.configuration, interface: $0.number)
                }
            } ?? [],
            access: Self.access(bus: bus, address: address))
    }

    private static func port(_ device: OpaquePointer) -> USBPort? {
        var ports = [UInt8](repeating: 0, count: 7)
        let count = unsafe libusb_get_port_numbers(device, &ports, Int32(ports.count))
        guard count > 0 else { return nil }
        let path = ports.prefix(Int(count)).map(String.init).joined(separator: ".")
        return USBPort("\(unsafe libusb_get_bus_number(device))-\(path)")
    }

    /// Asked of the file system only: opening the device would wake one that sleeps to save power.
    private static func access(bus: Int, address: Int) -> USBDevice.Access {
        let number = { (value: Int) in String(repeating: "0", count: max(0, 3 - String(value).count)) + String(value) }
        if unsafe Glibc.access("/dev/bus/usb/\(number(bus))/\(number(address))", R_OK | W_OK) == 0 { return .granted }
        return errno == ENOENT ? .gone : .denied
    }
}

/// The interfaces of one configuration, copied out of libusb's tree.
struct Interfaces {
    /// One interface.
    struct Interface {
        let number: UInt8
        let isCardReader: Bool
        /// The descriptors that follow the interface or one of its endpoints.
        let extra: [UInt8]
    }

    /// bInterfaceClass of smart card readers (USB CCID 1.1, 4.3).
    private static let cardReaderClass: UInt8 = 0x0b
    /// bInterfaceClass of readers that speak CCID and were made before the class had its number.
    private static let vendorClass: UInt8 = 0xff

    let configuration: UInt8
    let all: [Interface]

    var cardReaders: [Interface] { all.filter(\.isCardReader) }
    var cardReadersOrAll: [Interface] { cardReaders.isEmpty ? all : cardReaders }

    /// The configuration in force; nil when there is none.
    init?(_ device: OpaquePointer) {
        var found: UnsafeMutablePointer<libusb_config_descriptor>?
        guard unsafe libusb_get_active_config_descriptor(device, &found) == 0, let found = unsafe found else {
            return nil
        }
        defer { unsafe libusb_free_config_descriptor(found) }
        unsafe self.init(copying: found.pointee)
    }

    /// One of the configurations that the device offers.
    init?(_ device: OpaquePointer, configurationAt index: UInt8) {
        var found: UnsafeMutablePointer<libusb_config_descriptor>?
        guard unsafe libusb_get_config_descriptor(device, index, &found) == 0, let found = unsafe found else {
            return nil
        }
        defer { unsafe libusb_free_config_descriptor(found) }
        unsafe self.init(copying: found.pointee)
    }

    private init(copying descriptor: libusb_config_descriptor) {
        configuration = unsafe descriptor.bConfigurationValue
        let count = unsafe min(Int(descriptor.bNumInterfaces), Limits.USB.interfaces)
        all = (0..<count).compactMap { index in
            guard let interface = unsafe descriptor.interface?[index], unsafe interface.num_altsetting > 0,
                let setting = unsafe interface.altsetting?.pointee
            else { return nil }
            var extra = unsafe Self.bytes(setting.extra, setting.extra_length)
            // Some readers hang the class descriptor to their last endpoint.
            for endpoint in unsafe 0..<min(Int(setting.bNumEndpoints), Limits.USB.interfaces) {
                if let endpoint = unsafe setting.endpoint?[endpoint] {
                    extra += unsafe Self.bytes(endpoint.extra, endpoint.extra_length)
                }
            }
            let isReader =
                unsafe setting.bInterfaceClass == Self.cardReaderClass
                || setting.bInterfaceClass == Self.vendorClass && CCIDDescriptor(following: extra) != nil
            return unsafe Interface(number: setting.bInterfaceNumber, isCardReader: isReader, extra: extra)
        }
    }

    private static func bytes(_ start: UnsafePointer<UInt8>?, _ length: Int32) -> [UInt8] {
        guard let start = unsafe start, length > 0, Int(length) <= Limits.USB.descriptorBytes else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: start, count: Int(length)))
    }
}
