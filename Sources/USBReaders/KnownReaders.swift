import USBInventory

/// Readers for contactless cards that are not of the CCID class, by vendor and product: those that the kernel's own NFC
/// drivers know (pn533_usb, port100), so that one of them on a desk is named instead of being overlooked.
enum KnownReaders {
    static func contains(vendor: UInt16, product: UInt16) -> Bool {
        switch (vendor, product) {
        case (0x04cc, 0x2533),  // NXP PN533
            (0x04e6, 0x5591),  // SCM SCL3711
            (0x054c, 0x02e1),  // Sony RC-S330
            (0x054c, 0x06c1), (0x054c, 0x06c3):  // Sony RC-S380
            true
        default: false
        }
    }
}
