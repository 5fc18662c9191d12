import ArgumentParser
import StationCLI

@main
struct IntakectlProgram {
    static func main() async { await Intakectl.main() }
}
