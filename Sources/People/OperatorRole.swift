/// What an operator may do.
package enum OperatorRole: String, Sendable, CaseIterable {
    /// Takes applications in.
    case `operator`
    /// Also co-signs, resets secrets, and closes what others opened.
    case supervisor
}
