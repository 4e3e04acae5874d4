"""Photos of what is wrong."""

WORDS = {
    "button.photo": "Photo",
    "button.take_photo": "Take it",
    "button.drop_photo": "Drop this photo",
    "camera.title": "Photo of what is wrong",
    "camera.hint": "Hold it close and still",
    "problem.no_camera": "The camera cannot be used",
    "problem.no_camera.way_out": "See that it is plugged in; all else can be said without a photo",
    "problem.photo_no_picture": "That is no picture",
    "problem.photo_no_picture.way_out": "Take it again, or go on without a photo",
    "problem.photo_too_large": "The picture is too large",
    "problem.photo_too_large.way_out": "Take it again from closer by, or go on without a photo",
    "problem.photo_no_room": "No room for photos on this kiosk",
    "problem.photo_no_room.way_out": "Go on without a photo; tell whoever looks after the kiosk",
    "problem.photo_not_stored": "The photo was not stored",
    "problem.photo_not_stored.way_out": "Take it again, or go on without a photo",
    "problem.photos_enough": "{most} photos are enough",
    "problem.photos_enough.way_out": "Drop one to take another",
}
