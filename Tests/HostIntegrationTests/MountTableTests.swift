import Testing

@testable import HostIntegration

@Suite struct MountTableTests {
    private static let table = """
        22 27 0:20 / /proc rw,nosuid shared:5 - proc proc rw
        98 27 8:17 / /media/hoa/USB\\040c\\303\\251\\040\\134 rw shared:50 - vfat /dev/sdb1 rw
        99 27 8:33 / /mnt rw - ext4 /dev/sdc1 rw
        100 27 8:33 / /media/b rw - ext4 /dev/sdc1 rw
        101 100 8:34 / /media/b rw - ext4 /dev/sdc2 rw
        102 27 8:35 / /mediator/c rw - ext4 /dev/sdc3 rw
        a line of another form
        """

    @Test func `what is mounted below a root is found, with blanks in its name, once, and nothing else`() {
        #expect(
            MountTable.directories(below: ["/media", "/mnt"], in: Self.table) == [
                "/media/b", "/media/hoa/USB cé \\",
            ])
        #expect(MountTable.directories(below: ["/media/b"], in: Self.table) == [])
        #expect(MountTable.directories(below: [], in: Self.table) == [])
    }

    @Test func `the kernel's own table is read`() {
        #expect(MountTable.directories(below: ["/"]).contains("/proc"))
    }
}
