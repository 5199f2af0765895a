#!/usr/bin/env bash
# Writes small seeds for the fuzzers: generated signals in every format that is read, some in every way that
# its header can be written, and a few manifests. Needs ffmpeg.
#
#   tests/fuzz/make_seeds.sh FOLDER     (makes FOLDER/audio and FOLDER/manifest)
set -euo pipefail
audio="$1/audio"
manifest="$1/manifest"
mkdir -p "$audio" "$manifest"

# sound NAME RATE CHANNELS SECONDS [OPTIONS OF FFMPEG...]
sound() {
  local name="$1" rate="$2" channels="$3" seconds="$4"
  shift 4
  ffmpeg -nostdin -v error -y -f lavfi -i "sine=frequency=440:sample_rate=$rate:duration=$seconds" -ac "$channels" -fflags +bitexact -flags +bitexact "$@" "$audio/$name"
}

sound plain.wav 22050 1 0.02
sound stereo.wav 44100 2 0.01
for codec in pcm_u8 pcm_s24le pcm_s32le pcm_f32le pcm_f64le pcm_alaw pcm_mulaw adpcm_ima_wav adpcm_ms gsm_ms; do
  rate=22050
  [ "$codec" = gsm_ms ] && rate=8000
  sound "$codec.wav" "$rate" 1 0.05 -c:a "$codec" || rm -f "$audio/$codec.wav"
done
sound long.w64 22050 1 0.02
sound big.rf64.wav 22050 1 0.02 -rf64 always
sound plain.au 8000 1 0.02
sound float.au 22050 2 0.01 -c:a pcm_f32be
sound mulaw.au 8000 1 0.05 -c:a pcm_mulaw
sound plain.aiff 22050 1 0.02
sound plain.caf 22050 1 0.02
sound plain.flac 22050 1 0.05
sound stereo.flac 96000 2 0.02 -sample_fmt s32
sound plain.ogg 22050 1 0.1 -c:a libvorbis
sound stereo.ogg 44100 2 0.1 -c:a libvorbis
sound flac.ogg 22050 1 0.05 -c:a flac
sound plain.opus 48000 1 0.1 -c:a libopus
sound stereo.opus 48000 2 0.1 -c:a libopus
sound plain.mp3 22050 1 0.1 -c:a libmp3lame
sound stereo.mp3 44100 2 0.1 -c:a libmp3lame -b:a 64k
sound bare.mp3 44100 1 0.1 -c:a libmp3lame -b:a 48k -write_xing 0 -id3v2_version 0
sound tagged.mp3 44100 1 0.1 -c:a libmp3lame -metadata title=Seed -metadata artist=Nobody -id3v2_version 4

cat > "$manifest/plain.csv" << 'CSV'
path,genre,artist,year,split
a.wav,rock,Somebody,1999,train
b/c.ogg,hip-hop,"Some, Body",,test
CSV
cat > "$manifest/paths.csv" << 'CSV'
genre,path
rock,./b/../a.wav
jazz,../set/b/c.ogg
pop,d.wav
CSV
cat > "$manifest/tracks.csv" << 'CSV'
,album,artist,artist,set,set,track,track
,date_released,id,name,split,subset,genre_top,title
track_id,,,,,,,
2,2009-01-05 00:00:00,1,AWOL,training,small,Hip-Hop,Food
5,2009-01-06 00:00:00,1,AWOL,test,medium,Rock,"This
World"
10,2008-02-06 00:00:00,6,Kurt Vile,validation,small,Pop,Freeway
20,2009-01-06 00:00:00,4,Nicky Cook,training,large,,Spiritual Level
CSV
