/// The number on the citizen's receipt: the station's sequence number in groups that can be read aloud, such as `000-017`.
struct ReceiptNumber {
    let text: String

    init(_ sequence: Int64) {
        let digits = String(sequence)
        let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        text = "\(padded.prefix(padded.count - 3))-\(padded.suffix(3))"
    }
}
