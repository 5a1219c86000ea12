// SPDX-License-Identifier: GPL-3.0-or-later

import ListenerService
import Testing

@Suite struct ConfigurationSettingTests {
  @Test func `a setting has one name in three forms`() {
    #expect(Setting.saveClips.key == "save-clips")
    #expect(Setting.saveClips.flag == "--save-clips")
    #expect(Setting.saveClips.environmentName == "KWS_SAVE_CLIPS")
    #expect(Set(Setting.allCases.map(\.environmentName)).count == Setting.allCases.count)
  }

  @Test func `defaults lie inside the range of their setting`() {
    let configuration = ListenerConfiguration()
    #expect(contains(.silenceSeconds, configuration.silenceSeconds))
    #expect(contains(.realtimePriority, Double(configuration.realtimePriority)))
    let exec = ExecConfiguration(command: ["true"])
    #expect(contains(.execTimeout, exec.timeoutSeconds))
    #expect(contains(.execLimit, Double(exec.childLimit)))
    let clips = ClipConfiguration(directory: "clips")
    #expect(contains(.clipPreRoll, clips.preRollSeconds))
    #expect(contains(.clipPostRoll, clips.postRollSeconds))
    #expect(contains(.clipQuota, Double(clips.quotaByteCount / 1_000_000)))
  }

  private func contains(_ setting: Setting, _ value: Double) -> Bool {
    switch setting.kind {
    case .integer(let range): range.contains(Int(value))
    case .number(let range): range.contains(value)
    default: false
    }
  }
}
