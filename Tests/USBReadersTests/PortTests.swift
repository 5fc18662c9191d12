import StationCore
import Testing
import USBInventory

@Suite struct PortTests {
    @Test(arguments: ["1-1", "1-2.3", "255-1.2.3.4.5.6.7"])
    func `a port is bus and path`(text: String) { #expect(USBPort(text)?.text == text) }

    @Test(arguments: [
        "", "1", "1-", "-1", "0-1", "1-0", "01-1", "1-01", "1-1.", "1-1..2", "256-1", "1-256", "1-1.2.3.4.5.6.7.8",
        "usb1", "1-1:1.0", "1-1/../../x", "+1-1", "1-1 ", "1-1\n",
    ])
    func `anything else is none`(text: String) { #expect(USBPort(text) == nil) }

    @Test func `numbers are four digits`() throws {
        #expect(USBNumber(0x072f).description == "072f")
        for text in ["\"72f\"", "\"072F\"", "\"1072f\"", "1839", "\"-72f\"", "\"+72f\""] {
            #expect((try? StrictJSON.decode(USBNumber.self, from: Array(text.utf8))) == nil, "\(text)")
        }
    }
}
