// SPDX-License-Identifier: GPL-3.0-or-later

import CALSA
import Glibc

/// The devices that ALSA's configuration names for capture, and what each really offers.
package struct CaptureDeviceList: Sendable {
  /// One device.
  package struct Entry: Sendable {
    /// What `--device` takes.
    package var name: String

    /// The configuration's words for it, on one line; may be empty.
    package var description: String

    /// What it offers, or why it cannot be opened.
    package var offer: Result<CaptureOffer, CaptureError>

    /// The device `name`, asked now.
    package init(name: String, description: String = "") {
      self.name = name
      self.description = description
      do throws(CaptureError) {
        offer = .success(try CaptureDevice.offer(of: name))
      } catch {
        offer = .failure(error)
      }
    }
  }

  package var entries: [Entry]

  /// Asks ALSA for names and opens each for a moment, without recording.
  ///
  /// May take seconds where a sound server does not answer.
  package init() {
    LibraryMessage.keep()
    // Plugins of other libraries print on their own, such as that of JACK.
    let standardError = Self.silenceStandardError()
    defer { Self.restoreStandardError(standardError) }
    var hints: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    entries = []
    guard unsafe snd_device_name_hint(-1, "pcm", &hints) >= 0, let list = unsafe hints else {
      return
    }
    defer { unsafe snd_device_name_free_hint(list) }
    var index = 0
    while let hint = unsafe list[index] {
      index += 1
      let direction = unsafe Self.text(hint, "IOID")
      guard direction == nil || direction == "Input",
        let name = unsafe Self.text(hint, "NAME"), name != "null"
      else { continue }
      let description = unsafe Self.text(hint, "DESC") ?? ""
      entries.append(
        Entry(
          name: name,
          description: description.split(separator: "\n").joined(separator: ", ")))
    }
  }

  private static func silenceStandardError() -> Int32 {
    let saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
    let null = unsafe Glibc.open("/dev/null", O_WRONLY | O_CLOEXEC)
    if saved >= 0 && null >= 0 { dup2(null, STDERR_FILENO) }
    if null >= 0 { close(null) }
    return saved
  }

  private static func restoreStandardError(_ saved: Int32) {
    guard saved >= 0 else { return }
    dup2(saved, STDERR_FILENO)
    close(saved)
  }

  private static func text(_ hint: UnsafeMutableRawPointer, _ field: String) -> String? {
    guard let value = unsafe snd_device_name_get_hint(hint, field) else { return nil }
    defer { unsafe free(value) }
    return unsafe String(cString: value)
  }
}
