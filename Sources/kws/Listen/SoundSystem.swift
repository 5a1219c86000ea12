// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// What this system and this user have for sound, without opening anything.
struct SoundSystem {
  /// Capture nodes in `/dev/snd`, or nil where that folder does not exist.
  var captureNodes: [String]?

  /// Those that this user may open.
  var openNodes: [String]

  /// Whether the user belongs to the group `audio`, or is root.
  var isInAudioGroup: Bool

  /// Sockets of sound servers that are there.
  var servers: [String]

  static var current: SoundSystem {
    let nodes = names(in: "/dev/snd")?.filter { $0.hasPrefix("pcm") && $0.hasSuffix("c") }.sorted()
    let open = (nodes ?? []).filter { name in
      unsafe access("/dev/snd/" + name, R_OK | W_OK) == 0
    }
    return SoundSystem(
      captureNodes: nodes, openNodes: open, isInAudioGroup: isInGroup("audio"), servers: servers())
  }

  /// What that means for a capture, and for one that works all the same.
  func findings(isCapturing: Bool) -> [Finding] { [cards(isCapturing), server(isCapturing)] }

  private func cards(_ isCapturing: Bool) -> Finding {
    guard let captureNodes else {
      return isCapturing
        ? Finding("sound cards", .ok, "none in /dev/snd; this device needs none.")
        : Finding(
          "sound cards", .problem, "/dev/snd does not exist: this system shows no sound card.",
          next: "Plug in a microphone. In a container pass the devices through "
            + "(--device /dev/snd); in a virtual machine add a sound device.")
    }
    guard !captureNodes.isEmpty else {
      return isCapturing
        ? Finding("sound cards", .ok, "none that records; this device needs none.")
        : Finding(
          "sound cards", .problem, "/dev/snd has no capture device: no card can record.",
          next: "Plug in a microphone; see arecord -l.")
    }
    guard openNodes.isEmpty else {
      return Finding(
        "permissions", .ok,
        "\(openNodes.count) of \(captureNodes.count) capture devices may be opened.")
    }
    return Finding(
      "permissions", isCapturing ? .warning : .problem,
      "\(captureNodes.count) capture devices, of which this user may open none.",
      next: isInAudioGroup
        ? "The user is in the group audio; check ls -l /dev/snd, or the container's rules."
        : "Add the user to the group audio (sudo usermod -aG audio USER) and log in again; a "
          + "service needs SupplementaryGroups=audio.")
  }

  private func server(_ isCapturing: Bool) -> Finding {
    if !servers.isEmpty {
      return Finding("sound server", .ok, "found: \(servers.joined(separator: ", ")).")
    }
    let text = "no PulseAudio or PipeWire of this user is running"
    return isCapturing || captureNodes?.isEmpty == false
      ? Finding("sound server", .ok, text + "; none is needed.")
      : Finding(
        "sound server", .problem, text + ".",
        next: "Without a card only a sound server can give audio: start one, or set PULSE_SERVER.")
  }

  private static func names(in folder: String) -> [String]? {
    guard let directory = unsafe opendir(folder) else { return nil }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { raw in
        unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      names.append(name)
    }
    return names
  }

  private static func isInGroup(_ name: String) -> Bool {
    if geteuid() == 0 { return true }
    guard let group = unsafe getgrnam(name) else { return false }
    let wanted = unsafe group.pointee.gr_gid
    var groups = [gid_t](repeating: 0, count: 256)
    let count = unsafe getgroups(Int32(groups.count), &groups)
    return getegid() == wanted || groups.prefix(Int(max(count, 0))).contains(wanted)
  }

  private static func servers() -> [String] {
    var found: [String] = []
    if let named = environment("PULSE_SERVER") { found.append("PULSE_SERVER=\(named)") }
    if let runtime = environment("XDG_RUNTIME_DIR") {
      for name in ["pulse/native", "pipewire-0"]
      where unsafe access("\(runtime)/\(name)", F_OK) == 0 {
        found.append("\(runtime)/\(name)")
      }
    }
    return found
  }

  private static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}
