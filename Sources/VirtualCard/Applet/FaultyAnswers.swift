import ChipDocument

/// What a faulty chip makes of the answers that it would give.
struct FaultyAnswers: Sendable {
    let faults: Set<Fault>

    /// The data objects of a step of PACE, 1 to 4, or the status that stands in their place.
    func pace(step: Int, _ objects: [TLV], command: [TLVTag: [UInt8]]) -> CardAnswer {
        let errors: [Fault] = [.paceError1, .paceError2, .paceError3, .paceError4]
        if faults.contains(errors[step - 1]) { return CardAnswer(status: Status.verificationFailed) }
        var objects = objects
        let tags: [Fault] = [.paceTag1, .paceTag2, .paceTag3, .paceTag4]
        if faults.contains(tags[step - 1]) {
            objects[0] = TLV(TLVTag(0x8E + 2 * UInt32(step)), objects[0].value)
        }
        switch step {
        case 1 where faults.contains(.paceNonceAltered): objects[0] = altered(objects[0], at: 0)
        case 2 where faults.contains(.paceMappingOffCurve): objects[0] = altered(objects[0], at: -1)
        case 3 where faults.contains(.paceEphemeralOffCurve): objects[0] = altered(objects[0], at: -1)
        case 3 where faults.contains(.paceEphemeralEchoed): objects[0] = TLV(0x84, command[0x83] ?? [])
        case 4: objects = lastStep(objects)
        default: break
        }
        var bytes = TLV(0x7C, objects).encoded
        let malformed: [Fault] = [.paceMalformed1, .paceMalformed2, .paceMalformed3, .paceMalformed4]
        if faults.contains(malformed[step - 1]) { bytes.removeLast() }
        return CardAnswer(bytes)
    }

    private func lastStep(_ objects: [TLV]) -> [TLV] {
        var objects = objects
        if faults.contains(.paceWrongToken) { objects[0] = altered(objects[0], at: 0) }
        if faults.contains(.mappingUninvited) { objects.append(TLV(0x8A, [UInt8](repeating: 0x5A, count: 48))) }
        guard objects.count == 2, objects[1].tag == 0x8A else { return objects }
        if faults.contains(.mappingWithoutData) { objects.removeLast() }
        if faults.contains(.mappingUnpadded) { objects[1] = TLV(0x8A, Array(objects[1].value.dropLast(16))) }
        if faults.contains(.mappingOfAnotherKey) { objects[1] = altered(objects[1], at: 0) }
        if faults.contains(.mappingWrongTag) { objects[1] = TLV(0x8B, objects[1].value) }
        if faults.contains(.mappingEmpty) { objects[1] = TLV(0x8A, [UInt8]()) }
        return objects
    }

    /// The whole answer to a protected READ BINARY, rebuilt without what the fault takes away.
    var readRefusal: CardAnswer? {
        faults.contains(.messagingError) ? CardAnswer(status: Status.protectionWrong) : nil
    }

    /// A read that goes past the end of a file.
    func endOfFile(available: Int) -> CardAnswer? {
        if faults.contains(.endOfFileRefused) { return CardAnswer(status: Status.wrongOffset) }
        if faults.contains(.endOfFileCorrected) { return CardAnswer(status: 0x6C00 | UInt16(available & 0xFF)) }
        return nil
    }

    private func altered(_ object: TLV, at index: Int) -> TLV {
        var value = object.value
        guard !value.isEmpty else { return object }
        value[index < 0 ? value.count + index : index] ^= 1
        return TLV(object.tag, value)
    }
}
