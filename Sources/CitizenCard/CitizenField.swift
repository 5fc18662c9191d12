package import ChipDocument

/// What of a citizen a caller wants to know. A read fetches the files that hold it, and no others.
package enum CitizenField: String, Hashable, Sendable, CaseIterable {
    case number
    case fullName
    case birthDate
    case sex
    case nationality
    case origin
    case residence
    case issueDate
    case expiry
    case portrait

    /// The files for some fields, with what proves them: EF.COM and DG14 always. The text is in DG13, and DG1 is what it is
    /// checked against; the portrait is in DG2. DG15, the second proof of the chip, goes with a whole read only.
    package static func files(for fields: Set<CitizenField>) -> Set<FileIdentifier> {
        if fields == Set(allCases) { return ReadPlan.everything }
        var files: Set<FileIdentifier> = [.com, .dg14]
        if fields.contains(.portrait) { files.insert(.dg2) }
        if fields != [.portrait] { files.formUnion([.dg1, .dg13]) }
        return files
    }
}
