import USBInventory

/// What identifies a reader over reboots: its serial number where that is its own, else the port it is plugged into;
/// with the slot, because several readers of the card service may be one device.
enum ReaderKey {
    /// - Parameters:
    ///   - name: the card service's name, which ends in two numbers: of the reader and of its slot.
    ///   - device: the reader's device.
    ///   - inventory: all devices: a serial number that two of a kind share belongs to neither.
    static func text(name: String, device: USBDevice, among inventory: [USBDevice]) -> String {
        let twins = inventory.filter {
            $0.vendor == device.vendor && $0.product == device.product && $0.serial == device.serial
        }
        let place =
            switch device.serial {
            case .some(let serial) where twins.count == 1: "serial \(serial)"
            default: "port \(device.port)"
            }
        return "\(device.vendor):\(device.product) \(place) \(model(name)) \(slot(name))"
    }

    /// A reader's name without what tells two of a kind apart: the number at its end and the serial number in
    /// parentheses.
    static func model(_ name: String) -> String {
        var words = name.split(separator: " ")
        if words.count > 2, words.suffix(2).allSatisfy(isNumber) { words.removeLast(2) }
        if words.count > 1, let last = words.last, last.hasPrefix("("), last.hasSuffix(")") { words.removeLast() }
        return words.joined(separator: " ")
    }

    private static func slot(_ name: String) -> Substring {
        guard let last = name.split(separator: " ").last, isNumber(last) else { return "00" }
        return last
    }

    /// Two hexadecimal digits.
    private static func isNumber(_ word: Substring) -> Bool { word.utf8.count == 2 && word.allSatisfy(\.isHexDigit) }
}
