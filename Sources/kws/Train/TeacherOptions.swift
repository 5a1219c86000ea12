// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat
import SpeechDatasets
import Storage
import Training

/// The options of learning from another network, shared by `train` and `quantize --method qat`.
struct TeacherOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Learn the answers of this checkpoint, too, of a larger network trained on the same task.",
      valueName: "file"))
  var teacher: String?

  @Option(
    help: "Part of the loss that is the teacher's, 0.5 if left out; the labels have the rest.")
  var teacherWeight: Float?

  func validate() throws {
    guard let teacherWeight else { return }
    guard (0...1).contains(teacherWeight) else {
      throw ValidationError("--teacher-weight \(teacherWeight): expected 0 to 1")
    }
    guard teacher != nil else {
      throw ValidationError("--teacher-weight \(teacherWeight): expected a --teacher")
    }
  }

  /// The teacher, if there is one, for a student of these data.
  func teacher(for data: TrainingData) throws -> Teacher? {
    guard let teacher else { return nil }
    let checkpoint = try loadCheckpoint(teacher)
    do throws(TrainingError) {
      return try Teacher(
        checkpoint, digest: SHA256.digest(of: checkpoint.encoded().span),
        weight: teacherWeight ?? 0.5, data: data)
    } catch {
      throw error.commandError(at: teacher)
    }
  }
}
