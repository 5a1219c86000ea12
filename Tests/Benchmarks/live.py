#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words played into a real-time microphone and what `kws listen` makes of them.

    Tests/Benchmarks/live.py --kws .build/release/kws --words DIR [--per-keyword 15] [--json FILE]

DIR holds one folder per keyword with 16 kHz mono 16-bit WAV files of one word each. A PulseAudio
null sink is the microphone (no sound card is needed); the words are played into it a second apart,
and `kws listen` hears its monitor through ALSA's pulse plugin. Reported:

- words found: an event of the right keyword between the word's start and 1.5 s after its end;
- the same for `kws replay` of the recording that the listener made, and whether the events of both
  are byte for byte the same;
- latency: from the word's last sample to the arrival of the event's line in this process. A word's
  last sample is the end of the last 10 ms whose energy lies within 30 dB of the loudest. Its parts:
  what the decision waits for (from that sample to the last one that the decision knows) and the
  delivery (from that one to the line: device, server, period, computation, output);
- share of a processor, by thread, of a listener without a recording, over 20 seconds before the
  words; resident memory; the time from the start to the first audio.
"""
import argparse
import array
import calendar
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import wave

RATE = 16_000
KEYWORDS = "yes no up down left right on off stop go".split()


def read_words(folder, per_keyword, seed):
    words = []
    generator = random.Random(seed)
    for keyword in KEYWORDS:
        names = sorted(os.listdir(os.path.join(folder, keyword)))
        for name in generator.sample(names, min(per_keyword, len(names))):
            with wave.open(os.path.join(folder, keyword, name)) as file:
                assert file.getparams()[:3] == (1, 2, RATE), name
                words.append((keyword, array.array("h", file.readframes(file.getnframes()))))
    generator.shuffle(words)
    return words


def extent(samples):
    """First and past-the-last sample of the word."""
    energies = [sum(x * x for x in samples[i : i + 160]) for i in range(0, len(samples), 160)]
    level = max(energies) / 1000
    loud = [i for i, energy in enumerate(energies) if energy >= max(level, 1)]
    return 160 * loud[0], min(160 * (loud[-1] + 1), len(samples))


class Server:
    """A PulseAudio server with a null sink, in a folder of its own."""

    def __init__(self, folder):
        environment = dict(os.environ, HOME=folder, XDG_RUNTIME_DIR=folder)
        self.socket = f"unix:{folder}/native"
        self.configuration = os.path.join(folder, "asound.conf")
        with open(self.configuration, "w") as file:
            file.write("</usr/share/alsa/alsa.conf>\npcm.words { type pulse ")
            file.write(f'server "{self.socket}" device "words.monitor" }}\n')
        self.process = subprocess.Popen(
            ["pulseaudio", "--daemonize=no", "--exit-idle-time=-1", "-n",
             f"--load=module-native-protocol-unix auth-anonymous=1 socket={folder}/native",
             f"--load=module-null-sink sink_name=words rate={RATE} channels=1"],
            env=environment, stderr=subprocess.DEVNULL)
        while not os.path.exists(f"{folder}/native"):
            time.sleep(0.05)
        # An idle null sink works in blocks of 2 s, and a new reader waits for the one under way to
        # end. A reader that asks for little delay keeps it awake, as a sound card always is.
        self.reader = subprocess.Popen(
            ["parec", f"--server={self.socket}", "--device=words.monitor", "--latency-msec=10"],
            stdout=subprocess.DEVNULL)
        time.sleep(3)

    def play(self, samples):
        player = subprocess.Popen(
            ["paplay", f"--server={self.socket}", "--device=words", "--raw", "--format=s16le",
             f"--rate={RATE}", "--channels=1"], stdin=subprocess.PIPE)
        player.communicate(samples.tobytes())

    def end(self):
        self.reader.terminate()
        self.reader.wait()
        self.process.terminate()
        self.process.wait()


def processor_seconds(process):
    """Seconds on a processor by thread name, from the scheduler's own books."""
    seconds = {}
    for task in os.listdir(f"/proc/{process.pid}/task"):
        folder = f"/proc/{process.pid}/task/{task}"
        with open(f"{folder}/comm") as name, open(f"{folder}/schedstat") as time_spent:
            seconds[name.read().strip()] = int(time_spent.read().split()[0]) / 1e9
    return seconds


def resident_kilobytes(process):
    """Resident memory now, its peak, and the part that is private to the process."""
    with open(f"/proc/{process.pid}/status") as file:
        text = file.read()
    names = {"now": "VmRSS", "peak": "VmHWM", "private": "RssAnon"}
    return {
        key: int(re.search(rf"{name}:\s+(\d+)", text).group(1)) for key, name in names.items()}


def listen(options, server, arguments):
    """A listener, and its lines with their arrival and its log as they grow."""
    process = subprocess.Popen(
        [options.kws, "listen", "--device", "words", *arguments], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
        env=dict(os.environ, ALSA_CONFIG_PATH=server.configuration))
    lines, log = [], []
    readers = [
        threading.Thread(target=lambda: [lines.append((time.time(), x)) for x in process.stdout]),
        threading.Thread(target=lambda: [log.append(x) for x in process.stderr])]
    for reader in readers:
        reader.start()
    while process.poll() is None and not any("first audio" in x for x in log):
        time.sleep(0.05)
    time.sleep(2)

    def end():
        process.send_signal(signal.SIGTERM)
        process.wait()
        for reader in readers:
            reader.join()

    return process, lines, log, end


def match(events, spans):
    """Index of the event of every word, or None."""
    found = []
    for keyword, start, end in spans:
        hits = [i for i, e in enumerate(events)
                if e["keyword"] == keyword and start <= e["at"] <= end + 3 * RATE // 2]
        found.append(hits[0] if hits else None)
    return found


def percentiles(values):
    values = sorted(values)
    return {
        f"p{share}": round(values[min(share * len(values) // 100, len(values) - 1)], 3)
        for share in (50, 90, 99)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kws", default=".build/release/kws")
    parser.add_argument("--words", required=True)
    parser.add_argument("--per-keyword", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json")
    options = parser.parse_args()
    words = read_words(options.words, options.per_keyword, options.seed)
    # A tone of 10 ms marks the start, as the null sink is digital zero before it; the server may
    # swallow a single sample.
    played = array.array("h", [8000, -8000] * (RATE // 200) + [0] * (2 * RATE - RATE // 100))
    spans = []
    for keyword, samples in words:
        start, end = extent(samples)
        spans.append((keyword, len(played) + start, len(played) + end))
        played.extend(samples)
        played.extend([0] * RATE)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        recording = os.path.join(folder, "heard.wav")
        try:
            listener, _, log, end = listen(options, server, [])
            before = processor_seconds(listener)
            time.sleep(20)
            after = processor_seconds(listener)
            resident = resident_kilobytes(listener)
            end()
            listener, lines, _, end = listen(
                options, server, ["--format", "jsonl", "--wall-clock", "--record", recording])
            server.play(played)
            time.sleep(2)
            end()
        finally:
            server.end()
        replayed = subprocess.run(
            [options.kws, "replay", "--format", "jsonl", recording], capture_output=True,
            text=True, check=True).stdout.splitlines()
        # The recording's extensible header is more than the wave module knows.
        heard = array.array("h", subprocess.run(
            ["sox", "-D", recording, "-t", "raw", "-r", str(RATE), "-c", "1", "-e", "signed",
             "-b", "16", "-"], capture_output=True, check=True).stdout)
    offset = next(i for i, x in enumerate(heard) if x != 0)
    spans = [(keyword, start + offset, end + offset) for keyword, start, end in spans]
    live = [dict(json.loads(line), arrival=moment) for moment, line in lines]
    replay = [json.loads(line) for line in replayed]
    found, found_replay = match(live, spans), match(replay, spans)
    latencies, waits, deliveries = [], [], []
    for hit, (_, _, end) in zip(found, spans):
        if hit is None:
            continue
        event = live[hit]
        stamp = event["time"]
        whole = time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S")
        at = calendar.timegm(whole) + float(stamp[19:-1])
        waits.append((event["at"] - end) / RATE)
        deliveries.append(event["arrival"] - at)
        latencies.append(waits[-1] + deliveries[-1])
    without_time = [re.sub(r',"time":"[^"]*"', "", line).rstrip("\n") for _, line in lines]
    result = {
        "words": len(words),
        "foundLive": sum(x is not None for x in found),
        "foundInReplay": sum(x is not None for x in found_replay),
        "eventsLive": len(live),
        "eventsEqual": without_time == replayed,
        "latencySeconds": percentiles(latencies),
        "decisionSeconds": percentiles(waits),
        "deliverySeconds": percentiles(deliveries),
        "processorShare": {
            name: round((after[name] - before[name]) / 20, 5) for name in sorted(before)},
        "processorShareInAll": round(sum(after[n] - before[n] for n in before) / 20, 5),
        "residentKilobytes": resident,
        "log": [x.strip() for x in log],
    }
    text = json.dumps(result, indent=2)
    print(text)
    if options.json:
        with open(options.json, "w") as file:
            file.write(text + "\n")
    if not result["eventsEqual"]:
        sys.exit("the events of the replay differ from those of the listener")


if __name__ == "__main__":
    main()
